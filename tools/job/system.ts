import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { BSON, type Db, type Document } from "mongodb";
import type { Json } from "../../lib/content-hash";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { StackFile } from "../../lib/config/stack-file";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import { playedApiAnnotation } from "../environment/node/played-service";
import { freePorts } from "../environment/ports";
import { MongoDatabase } from "../platform/mongo-database";
import { Platform } from "../platform/platform";
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
  private readonly data: MongoDatabase;
  private readonly platform: Platform;

  private constructor(
    environment: EmbeddedEnvironment,
    readonly stack: PulumiStack,
    readonly name: string,
    /** Where the API is asked when no container runs it: the played node keeps a process of it there. */
    private readonly playedPort: number | undefined,
  ) {
    this.data = new MongoDatabase(environment.mongo, `nmdc_${name.replaceAll("-", "_")}`);
    this.platform = new Platform(environment, `nmdc-${name}`);
  }

  get database(): string {
    return this.data.name;
  }

  get namespace(): string {
    return this.platform.namespace;
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
    await system.createPlatform();
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
  seed(documents: Readonly<Record<string, readonly Document[]>>): Promise<number> {
    return this.data.fill(documents);
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
    return this.data.withDatabase(use);
  }

  /** As an ordinary user of the system, who is refused while writes are closed. */
  asUser<Result>(use: (db: Db) => Promise<Result>): Promise<Result> {
    return this.data.asUser(use);
  }

  /** The closed record of the last release that stands, from the stack's state. */
  record(): Promise<ReleaseRecordData> {
    return this.stack.record();
  }

  /** Waits until no release is under way: an engine that outlived its `up` may still be taking one back. */
  settled(): Promise<void> {
    return this.data.settled();
  }

  /** Images of the system's workloads in the cluster, by workload. */
  runningImages(): Promise<Readonly<Record<string, string>>> {
    return this.platform.images();
  }

  kube(): KubeConfig {
    return this.platform.kube;
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
    if (!(await this.platform.exists())) return;
    await this.stack.empty();
    await this.data.drop();
    await this.platform.remove();
  }

  private async createPlatform(): Promise<void> {
    const secrets = { "nmdc-runtime-mongo": { uri: this.data.podUri } };
    const annotations: Record<string, string> =
      this.playedPort === undefined ? {} : { [playedApiAnnotation]: `runtime-api:${this.playedPort}` };
    await this.platform.create({ secrets, annotations });
  }
}

/** Documents of a data file: extended JSON, `{collection: [document]}`. */
export function readDocuments(file: string): Readonly<Record<string, readonly Document[]>> {
  return BSON.EJSON.parse(readFileSync(file, "utf8")) as Record<string, readonly Document[]>;
}
