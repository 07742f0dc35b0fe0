import { setTimeout as sleep } from "node:timers/promises";
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  type V1Deployment,
  type V1Pod,
  type V1StatefulSet,
} from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";

/** What a system finds on its cluster before its first release, besides its data. */
export interface Found {
  /** Secrets of the namespace, by name: what stands under each key. Example: `{ "ingest-mongo": { uri: "mongodb://…" } }`. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Annotations of the namespace. Default: none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A system's namespace on the embedded cluster, and what runs in it. */
export class Platform {
  readonly kube = new KubeConfig();

  constructor(
    environment: Pick<EmbeddedEnvironment, "kubeconfig">,
    readonly namespace: string,
  ) {
    this.kube.loadFromFile(environment.kubeconfig);
  }

  /** Makes the namespace with its Secrets; an earlier one must be removed first. */
  async create({ secrets, annotations = {} }: Found): Promise<void> {
    const { namespace } = this;
    const api = this.core();
    await api.createNamespace({
      body: { metadata: { name: namespace, annotations: { ...annotations } } },
    });
    for (const [name, stringData] of Object.entries(secrets))
      await api.createNamespacedSecret({ namespace, body: { metadata: { name }, stringData } });
  }

  async exists(): Promise<boolean> {
    const { items } = await this.core().listNamespace();
    return items.some(({ metadata }) => metadata?.name === this.namespace);
  }

  /** Removes the namespace with all that runs in it; one that is not there stays away. */
  async remove(): Promise<void> {
    if (!(await this.exists())) return;
    await this.core().deleteNamespace({ name: this.namespace });
    while (await this.exists()) await sleep(200);
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

  /** Names of a service's pods, in order. */
  async podsOf(service: string): Promise<readonly string[]> {
    return ((await this.pods()).get(service) ?? []).map(({ metadata }) => metadata?.name ?? "").sort();
  }

  /** Image of each workload's first container. */
  async images(): Promise<Readonly<Record<string, string>>> {
    return this.ofWorkloads(({ spec }) => spec?.template.spec?.containers[0]?.image ?? "");
  }

  /** How many pods each workload asks for. */
  async replicas(): Promise<Readonly<Record<string, number>>> {
    return this.ofWorkloads(({ spec }) => spec?.replicas ?? 1);
  }

  /** What a ready pod of a service answers, asked through the cluster's API server. */
  async ask(service: string, port: number, path: string): Promise<unknown> {
    const pods = (await this.pods()).get(service) ?? [];
    const ready = pods.find(({ status }) =>
      status?.conditions?.some(({ type, status: state }) => type === "Ready" && state === "True"),
    );
    const { namespace } = this;
    const name = `${ready?.metadata?.name ?? "none"}:${port}`;
    return this.core().connectGetNamespacedPodProxyWithPath({ namespace, name, path: path.slice(1) });
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

  private async ofWorkloads<Value>(
    value: (workload: V1Deployment | V1StatefulSet) => Value,
  ): Promise<Readonly<Record<string, Value>>> {
    const { namespace } = this;
    const apps = this.apps();
    const [deployments, sets] = await Promise.all([
      apps.listNamespacedDeployment({ namespace }),
      apps.listNamespacedStatefulSet({ namespace }),
    ]);
    return Object.fromEntries(
      [...deployments.items, ...sets.items].map((one) => [one.metadata?.name ?? "", value(one)] as const),
    );
  }
}
