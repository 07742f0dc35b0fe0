import { setTimeout as sleep } from "node:timers/promises";
import { AppsV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { V1Pod } from "@kubernetes/client-node";
import { BSON, type Db, type Document, MongoClient } from "mongodb";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";

/** What a system finds on its cluster before its first release: a namespace, the Secret of its database, the database. */
export class Platform {
  private readonly kube = new KubeConfig();

  constructor(
    private readonly environment: EmbeddedEnvironment,
    readonly namespace: string,
    readonly database: string,
  ) {
    this.kube.loadFromFile(environment.kubeconfig);
  }

  /** Makes all of it anew. @param secret name of the Kubernetes Secret whose `uri` pods connect with. */
  async create(secret: string, documents: Readonly<Record<string, readonly Document[]>>): Promise<void> {
    await this.remove();
    const api = this.core();
    await api.createNamespace({ body: { metadata: { name: this.namespace } } });
    const uri = new URL(this.environment.mongo.podUri);
    uri.pathname = `/${this.database}`;
    const body = { metadata: { name: secret }, stringData: { uri: uri.href } };
    await api.createNamespacedSecret({ namespace: this.namespace, body });
    await this.withDatabase(async (db) => {
      for (const [collection, members] of Object.entries(documents))
        await db
          .collection(collection)
          .insertMany(members.map((one) => ({ _id: new BSON.ObjectId(), ...one })));
    });
  }

  /** As the release's own user. */
  async withDatabase<Result>(use: (db: Db) => Promise<Result>): Promise<Result> {
    const client = await MongoClient.connect(this.environment.mongo.uri);
    try {
      return await use(client.db(this.database));
    } finally {
      await client.close();
    }
  }

  /** As an ordinary user of the system, who is refused while writes are closed. */
  async asUser<Result>(use: (db: Db) => Promise<Result>): Promise<Result> {
    const client = await MongoClient.connect(this.environment.mongo.userUri);
    try {
      return await use(client.db(this.database));
    } finally {
      await client.close();
    }
  }

  /** Waits until no release is under way: an engine that outlived its `up` may still be taking one back. */
  async settled(): Promise<void> {
    for (;;) {
      const lock = await this.withDatabase((db) =>
        db.collection<{ _id: string; owner: object | null }>("_slipway_state").findOne({ _id: "lock" }),
      );
      if (!lock?.owner) return;
      await sleep(200);
    }
  }

  /** Pods that are not being deleted, by the service that they belong to. */
  async pods(): Promise<ReadonlyMap<string, readonly V1Pod[]>> {
    const { items } = await this.core().listNamespacedPod({ namespace: this.namespace });
    const alive = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    const byService = new Map<string, V1Pod[]>();
    for (const pod of alive) {
      const service = pod.metadata?.labels?.["app"] ?? "";
      byService.set(service, [...(byService.get(service) ?? []), pod]);
    }
    return byService;
  }

  /** Image of each workload's first container. */
  async images(): Promise<Readonly<Record<string, string>>> {
    const { namespace } = this;
    const apps = this.apps();
    const [deployments, sets] = await Promise.all([
      apps.listNamespacedDeployment({ namespace }),
      apps.listNamespacedStatefulSet({ namespace }),
    ]);
    return Object.fromEntries(
      [...deployments.items, ...sets.items].map(({ metadata, spec }) => [
        metadata?.name ?? "",
        spec?.template.spec?.containers[0]?.image ?? "",
      ]),
    );
  }

  /** Names of a service's pods, in order. */
  async podsOf(service: string): Promise<readonly string[]> {
    return ((await this.pods()).get(service) ?? []).map(({ metadata }) => metadata?.name ?? "").sort();
  }

  /** How many pods each workload asks for. */
  async replicas(): Promise<Readonly<Record<string, number>>> {
    const { namespace } = this;
    const apps = this.apps();
    const [deployments, sets] = await Promise.all([
      apps.listNamespacedDeployment({ namespace }),
      apps.listNamespacedStatefulSet({ namespace }),
    ]);
    return Object.fromEntries(
      [...deployments.items, ...sets.items].map(({ metadata, spec }) => [
        metadata?.name ?? "",
        spec?.replicas ?? 1,
      ]),
    );
  }

  /** A store beside the system's services, which no release touches: a StatefulSet of one pod. */
  async addStore(name: string, image: string): Promise<void> {
    const { namespace } = this;
    const labels = { app: name };
    const containers = [{ name, image, env: [{ name: "MONGO_URI", value: "mongodb://127.0.0.1:1/none" }] }];
    const spec = {
      serviceName: name,
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    };
    await this.apps().createNamespacedStatefulSet({ namespace, body: { metadata: { name }, spec } });
  }

  core(): CoreV1Api {
    return this.kube.makeApiClient(CoreV1Api);
  }

  apps(): AppsV1Api {
    return this.kube.makeApiClient(AppsV1Api);
  }

  private async remove(): Promise<void> {
    const api = this.core();
    const exists = async (): Promise<boolean> =>
      (await api.listNamespace()).items.some(({ metadata }) => metadata?.name === this.namespace);
    await this.withDatabase((db) => db.dropDatabase());
    if (!(await exists())) return;
    await api.deleteNamespace({ name: this.namespace });
    while (await exists()) await sleep(200);
  }
}
