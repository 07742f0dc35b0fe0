import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppsV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { BSON, type Db, type Document, MongoClient } from "mongodb";
import type { Json } from "../../lib/content-hash";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { StackFile } from "../../lib/config/stack-file";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import { playedApiAnnotation } from "../environment/node/played-service";
import { freePorts } from "../environment/ports";
import { PulumiStack } from "./pulumi-stack";

/** One release to put into the stack file. */
export interface PlannedRelease {
  readonly version: string;
  readonly schema: string;
  /** Repository and digest of each image, as the registry answered. */
  readonly images: Readonly<Record<string, { readonly repository: string; readonly digest: string }>>;
}

/**
 * NMDC Runtime on the embedded environment: a namespace, a database and a stack of its own, so that several can be
 * released side by side. What a release engineer's platform gives (namespace, Kubernetes Secret, documents), this makes.
 */
export class System {
  private original = "";
  readonly database: string;
  readonly namespace: string;

  private constructor(
    private readonly environment: EmbeddedEnvironment,
    readonly stack: PulumiStack,
    readonly name: string,
    /** Where the API is asked when no container runs it: the played node keeps a process of it there. */
    private readonly playedPort: number | undefined,
  ) {
    this.database = `nmdc_${name.replaceAll("-", "_")}`;
    this.namespace = `nmdc-${name}`;
  }

  /**
   * @param root the project's folder.
   * @param state the environment's state directory; stack files and dumps go there.
   * @param name the stack's name. Example: `dev`.
   * @param signal interrupts what Pulumi does.
   */
  static async create(
    environment: EmbeddedEnvironment,
    root: string,
    state: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<System> {
    const stack = await PulumiStack.open(environment, root, name, state, signal);
    const [port] = environment.node === "played" ? await freePorts(1) : [];
    const system = new System(environment, stack, name, port);
    await system.removeFormer();
    await system.createNamespace();
    const file = StackFile.parse(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8"), `Pulumi.${name}.yaml`);
    file.set(["environment"], name);
    file.set(["cluster", "namespace"], system.namespace);
    file.set(["data", "store", "database"], system.database);
    file.set(["data", "dump", "keep"], join(state, "dumps", name));
    // The copy of the stack file lies elsewhere than the migration list.
    file.set(["data", "migrations"], join(root, "migrations"));
    if (system.playedPort !== undefined)
      file.set(["verification", "answers", "0", "url"], `http://127.0.0.1:${system.playedPort}`);
    file.keep("encryptionsalt", readFileSync(stack.file, "utf8"));
    system.original = file.toString();
    system.restore();
    return system;
  }

  /** Fills the database; returns the number of documents. */
  async seed(documents: Readonly<Record<string, readonly Document[]>>): Promise<number> {
    return this.withDatabase(async (db) => {
      let total = 0;
      for (const [collection, members] of Object.entries(documents)) {
        if (members.length === 0) continue;
        // A server stores `_id` first; so these documents are written that way, whatever the server.
        await db
          .collection(collection)
          .insertMany(members.map((member) => ({ _id: new BSON.ObjectId(), ...member })));
        total += members.length;
      }
      return total;
    });
  }

  /** Writes a release into the stack file, as a pull request would. */
  plan(release: PlannedRelease): void {
    this.edit((file) => {
      file.set(["release"], release.version);
      file.set(["data", "schema", "version"], release.schema);
      for (const [name, { repository, digest }] of Object.entries(release.images)) {
        file.set(["images", name, "repository"], repository);
        file.set(["images", name, "tag"], release.version);
        file.set(["images", name, "digest"], digest);
      }
    });
  }

  /** The stack file as it was made, before any release was planned or anything was set. */
  restore(): void {
    this.write(this.original);
  }

  /** Sets one value of the stack file. */
  set(path: readonly [string, ...string[]], value: Json): void {
    this.edit((file) => {
      file.set(path, value);
    });
  }

  /** As the release's own user. */
  withDatabase<Result>(use: (db: Db) => Promise<Result>): Promise<Result> {
    return this.connected(this.environment.mongo.uri, use);
  }

  /** As an ordinary user of the system, who is refused while writes are closed. */
  asUser<Result>(use: (db: Db) => Promise<Result>): Promise<Result> {
    return this.connected(this.environment.mongo.userUri, use);
  }

  private async connected<Result>(uri: string, use: (db: Db) => Promise<Result>): Promise<Result> {
    const client = await MongoClient.connect(uri);
    try {
      return await use(client.db(this.database));
    } finally {
      await client.close();
    }
  }

  /** The closed record of the last release that stands, from the stack's state. */
  async record(): Promise<ReleaseRecordData> {
    const resources = await this.stack.resources();
    const last = resources.find(({ type }) => type.endsWith(":ReleaseRecord"));
    if (last === undefined) throw new Error(`stack ${this.name} holds no release record`);
    return last.outputs["record"] as ReleaseRecordData;
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

  /** Images of the system's workloads in the cluster, by workload. */
  async runningImages(): Promise<Readonly<Record<string, string>>> {
    const { items } = await this.kube()
      .makeApiClient(AppsV1Api)
      .listNamespacedDeployment({ namespace: this.namespace });
    return Object.fromEntries(
      items.map(({ metadata, spec }) => [
        metadata?.name ?? "",
        spec?.template.spec?.containers[0]?.image ?? "",
      ]),
    );
  }

  kube(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(this.environment.kubeconfig);
    return config;
  }

  private write(text: string): void {
    writeFileSync(this.stack.file, text, { mode: 0o600 });
  }

  private edit(change: (file: StackFile) => void): void {
    const file = StackFile.parse(readFileSync(this.stack.file, "utf8"), `Pulumi.${this.name}.yaml`);
    change(file);
    this.write(file.toString());
  }

  /** A system of this name that an earlier run left behind: every run begins with the documents as they were given. */
  private async removeFormer(): Promise<void> {
    const api = this.kube().makeApiClient(CoreV1Api);
    const exists = async (): Promise<boolean> =>
      (await api.listNamespace()).items.some(({ metadata }) => metadata?.name === this.namespace);
    if (!(await exists())) return;
    await this.stack.empty();
    await this.withDatabase((db) => db.dropDatabase());
    await api.deleteNamespace({ name: this.namespace });
    while (await exists()) await sleep(200);
  }

  private async createNamespace(): Promise<void> {
    const api = this.kube().makeApiClient(CoreV1Api);
    const annotations: Record<string, string> =
      this.playedPort === undefined ? {} : { [playedApiAnnotation]: `runtime-api:${this.playedPort}` };
    await api.createNamespace({ body: { metadata: { name: this.namespace, annotations } } });
    const uri = withDatabaseName(this.environment.mongo.podUri, this.database);
    const body = { metadata: { name: "nmdc-runtime-mongo" }, stringData: { uri } };
    await api.createNamespacedSecret({ namespace: this.namespace, body });
  }
}

function withDatabaseName(uri: string, database: string): string {
  const url = new URL(uri);
  url.pathname = `/${database}`;
  return url.href;
}

/** Documents of a data file: extended JSON, `{collection: [document]}`. */
export function readDocuments(file: string): Readonly<Record<string, readonly Document[]>> {
  return BSON.EJSON.parse(readFileSync(file, "utf8")) as Record<string, readonly Document[]>;
}
