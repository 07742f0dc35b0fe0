import type { Json } from "../../content-hash";
import type { Problem } from "../../problem";
import type { Cluster } from "../cluster/cluster";
import type { Context, ProcessNeeds } from "../conductor/context";
import type { DataStore, Difference, KnownVersion, Pass, ReleasedVersion } from "../conductor/data-store";
import { scan } from "./stage-next";
import type { Way } from "../conductor/plan";
import { usersWrites } from "./users-writes";
import type { Canary } from "../fence/canary";
import { either, type ExpiringIndex } from "../fence/expiring-index";
import { expiringIndexes, pauseExpiry, resumeExpiry } from "../fence/expiry";
import type { Fence } from "../fence/fence";
import { MongoCanary } from "../fence/mongo-canary";
import { RolesFence } from "../fence/roles";
import { ScaleFence } from "../fence/scale";
import { WriteBlockFence } from "../fence/write-block";
import type { Ledger } from "../journal/ledger";
import type { RecordLog } from "../journal/record-log";
import { refuseLongNames } from "../names";
import type { MongoStoreSpec } from "../protocol";
import type { Secrets } from "../secrets";
import type { Move, Present, Rename } from "../swap/move";
import { listAll, refuseUnsafe, userCollections } from "./catalog";
import { cleanDigests } from "./digests";
import { MongoPass } from "./mongo-pass";
import { refuseOrphanedViews } from "./orphaned-views";
import { missingRights } from "./rights";
import { refuseSharded } from "./sharded";
import { connect, Store } from "./store";

/** A MongoDB database, as a release asks for it: collections change places by renames. */
export class MongoDataStore implements DataStore {
  readonly things = "collections";
  readonly userGuide = "docs/mongodb-user.md";
  readonly pastTheGate = "a user with bypassWriteBlockingMode";
  readonly atomicRenames = false;

  private constructor(
    readonly mongo: Store,
    private readonly spec: MongoStoreSpec,
    private readonly secrets: Secrets,
  ) {}

  /** @throws Refusal when the server can't be reached or refuses the user. */
  static async open(spec: MongoStoreSpec, secrets: Secrets): Promise<MongoDataStore> {
    return new MongoDataStore(await Store.open(spec, secrets), spec, secrets);
  }

  get name(): string {
    return this.mongo.db.databaseName;
  }

  get ledger(): Ledger {
    return this.mongo.ledger;
  }

  now(): Promise<Date> {
    return this.mongo.now();
  }

  isUnreachable(error: unknown): boolean {
    return (
      error instanceof Error &&
      (error.name.startsWith("MongoNetwork") || error.name === "MongoServerSelectionError")
    );
  }

  close(): Promise<void> {
    return this.mongo.close();
  }

  async present(): Promise<Present> {
    return new Map((await listAll(this.mongo.db)).map((info) => [info.name, info]));
  }

  async rename(renames: readonly Rename[]): Promise<void> {
    for (const { from, to } of renames) await this.mongo.db.renameCollection(from, to, { dropTarget: false });
  }

  async drop(name: string): Promise<void> {
    await this.mongo.db.dropCollection(name).catch(() => false);
  }

  async bar(name: string): Promise<void> {
    await this.mongo.db.createCollection(name);
  }

  async isEmpty(name: string): Promise<boolean> {
    return (await this.mongo.db.collection(name).countDocuments({}, { limit: 1 })) === 0;
  }

  forget(keptTokens: readonly number[]): Promise<void> {
    return cleanDigests(this.mongo.db, keptTokens);
  }

  fences(cluster: Cluster | undefined): readonly Fence[] {
    const { client, limits, db } = this.mongo;
    return [
      new WriteBlockFence(client, limits.version),
      new RolesFence(client, db.databaseName),
      new ScaleFence(cluster),
    ];
  }

  async withCanary<Result>(run: (canary: Canary | undefined) => Promise<Result>): Promise<Result> {
    const { canary, uri, database } = this.spec;
    const source = canary ?? (uri.kind === "embedded" ? uri : undefined);
    if (source === undefined) return run(undefined);
    const where = "data.store.canary";
    const client = await connect(this.secrets.uri(source, where, "user"), where, this.secrets);
    try {
      return await run(new MongoCanary(client.db(database)));
    } finally {
      await client.close();
    }
  }

  async pauseExpiry(log: RecordLog, { moves, past }: Extract<Way, { kind: "back" }>): Promise<void> {
    const stepsAside = moves.filter(({ action }) => action !== "create").map(({ collection }) => collection);
    const indexes = await expiringIndexes(this.mongo.db, stepsAside);
    // The oldest release that is undone has seen the original as it comes back.
    const returning = past.reduce<readonly ExpiringIndex[]>(
      (newer, { expiring }) => either(expiring, newer),
      [],
    );
    await pauseExpiry(this.mongo.db, log, { indexes, returning });
  }

  resumeExpiry(log: RecordLog, expiring: readonly ExpiringIndex[]): Promise<void> {
    return resumeExpiry(this.mongo.db, log, expiring);
  }

  async refuseUnfit(token: number, moves: boolean): Promise<void> {
    const live = userCollections(await listAll(this.mongo.db));
    refuseLongNames(
      this.name,
      live.map(({ name }) => name),
      token,
    );
    if (!moves) return;
    refuseUnsafe(live);
    await refuseSharded(this.mongo.client);
  }

  missingRights(): Promise<readonly Problem[]> {
    return missingRights(this.mongo.client, this.name, this.userGuide);
  }

  async refuseOrphans(moves: readonly Move[]): Promise<void> {
    const gone = moves.filter(({ action }) => action === "remove").map(({ collection }) => collection);
    refuseOrphanedViews(await listAll(this.mongo.db), new Set(gone));
  }

  async prepare(needs: ProcessNeeds, { processor, reporter, spec }: Context): Promise<Pass> {
    const prepared = await processor.prepare(needs, spec.migrations, (says) => {
      reporter.stage("plan", says);
    });
    return new MongoPass(this.mongo, { ...prepared, needs });
  }

  witness(): Promise<Json> {
    return Promise.resolve(null);
  }

  async differences(
    { thing, actual, side, changes, depth }: KnownVersion,
    mayGoOn: () => void,
  ): Promise<readonly Difference[]> {
    const change = changes.find(({ collection }) => collection === thing);
    const documents = (side === "before" ? change?.documentsBefore : change?.documentsAfter) ?? 0;
    if (depth === "count") {
      const found = await this.mongo.db.collection(actual).countDocuments({});
      return found === documents ? [] : [{ collection: thing, documents: found, hash: "" }];
    }
    const wanted = side === "before" ? change?.hashBefore : change?.hashAfter;
    const now = await scan({ store: this.mongo }, thing, actual, mayGoOn);
    if (wanted === undefined || wanted === now.toString()) return [];
    return [{ collection: thing, documents: now.documents, hash: now.toString() }];
  }

  tellWrites({ collection, documents: now }: Difference, since: ReleasedVersion): Promise<string> {
    const { token } = since.record;
    const documents = since.change.documentsAfter;
    return usersWrites(this.mongo, { collection, token, documents, retained: since.retained }, now);
  }

  estimate(thing: string): Promise<number> {
    return this.mongo.db.collection(thing).estimatedDocumentCount();
  }
}
