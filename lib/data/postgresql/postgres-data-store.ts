import type { Json } from "../../content-hash";
import type { Cluster } from "../cluster/cluster";
import type { Context, ProcessNeeds } from "../conductor/context";
import type { DataStore, Difference, KnownVersion, Pass, ReleasedVersion } from "../conductor/data-store";
import type { Canary } from "../fence/canary";
import type { Fence } from "../fence/fence";
import { ScaleFence } from "../fence/scale";
import type { SwapIntent } from "../journal/record-state";
import { parseBeside } from "../names";
import type { PostgresStoreSpec } from "../protocol";
import type { Secrets } from "../secrets";
import type { Present, Rename } from "../swap/move";
import { Comparison } from "./comparison";
import { dropDatabase } from "./copy";
import { estimatedTables } from "./estimates";
import { ConnectionsFence, ReadOnlyFence } from "./fence";
import { JournalSession } from "./journal-session";
import type { Mark } from "./mark";
import { inThisEnvironment } from "./named-databases";
import { PostgresCanary } from "./postgres-canary";
import { PostgresLedger } from "./postgres-ledger";
import { PostgresPass } from "./postgres-pass";
import { refuseWithoutRoom } from "./room";
import { isCut, PostgresServer, row, rows, Unreachable } from "./server";
import { renameDatabases } from "./swap";
import { tablesOf } from "./tables";
import { dropLeftTrials } from "./trial-copy";
import { refuseUnfit } from "./unfit";

/** Several databases of one PostgreSQL server, as a release asks for them: they change places by renames, in one transaction. */
export class PostgresDataStore implements DataStore {
  readonly things = "databases";
  readonly userGuide = "docs/postgresql-user.md";
  readonly pastTheGate = "a session that set itself read-write, or an administrator's";
  readonly atomicRenames = true;
  readonly ledger: PostgresLedger;
  readonly #comparison: Comparison;

  private constructor(
    readonly server: PostgresServer,
    readonly secrets: Secrets,
    private readonly spec: PostgresStoreSpec,
    private readonly session: JournalSession,
  ) {
    this.ledger = new PostgresLedger(`${spec.journal}.journal`, session);
    this.#comparison = new Comparison(server, spec.jobs);
  }

  /** @throws Refusal when the server can't be reached or refuses the user. */
  static async open(spec: PostgresStoreSpec, secrets: Secrets): Promise<PostgresDataStore> {
    const where = "slipway:data.store.uri";
    const server = PostgresServer.of(secrets.uri(spec.uri, where, "release", "postgres"), where, secrets);
    await server.with(server.database, () => Promise.resolve());
    return new PostgresDataStore(server, secrets, spec, new JournalSession(server, spec.journal));
  }

  get name(): string {
    return this.spec.databases.join(", ");
  }

  async now(): Promise<Date> {
    const clock = "SELECT clock_timestamp() AS now";
    const told = await this.session.read((client) => row<{ now: Date }>(client, clock));
    if (told) return told.now;
    const { server } = this;
    return (
      (await server.with(server.database, (client) => row<{ now: Date }>(client, clock)))?.now ?? new Date()
    );
  }

  isUnreachable(error: unknown): boolean {
    return error instanceof Unreachable || isCut(error);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  async present(): Promise<Present> {
    const found = await this.server.with(this.server.database, (client) =>
      rows<{ name: string; uuid: string }>(
        client,
        "SELECT datname AS name, oid::text AS uuid FROM pg_database",
      ),
    );
    return new Map(found.filter(({ name }) => this.#isOurs(name)).map(({ name, uuid }) => [name, { uuid }]));
  }

  rename(renames: readonly Rename[], token: number): Promise<void> {
    return renameDatabases(this.server, this.spec.journal, renames, token);
  }

  async drop(name: string): Promise<void> {
    if (parseBeside(name) === undefined || !this.#isOurs(name))
      throw new Error(`${name} is not ours to drop`);
    await this.server.with(this.spec.journal, (client) => dropDatabase(client, name));
  }

  /** There are no late renames to bar: each looks at the lock in its own transaction. */
  bar(): Promise<void> {
    return Promise.resolve();
  }

  async isEmpty(name: string): Promise<boolean> {
    return (await this.server.with(name, tablesOf)).length === 0;
  }

  /** Nothing is kept beside originals; what previews that died have left goes. */
  forget(): Promise<void> {
    return dropLeftTrials(this.server, this.spec.databases);
  }

  fences(cluster: Cluster | undefined): readonly Fence[] {
    const { databases } = this.spec;
    return [
      new ReadOnlyFence(this.server, databases),
      new ConnectionsFence(this.server, databases),
      new ScaleFence(cluster),
    ];
  }

  async withCanary<Result>(run: (canary: Canary | undefined) => Promise<Result>): Promise<Result> {
    const { canary, uri, databases } = this.spec;
    const source = canary ?? (uri.kind === "embedded" ? uri : undefined);
    if (source === undefined) return run(undefined);
    const where = "slipway:data.store.canary";
    const writer = PostgresServer.of(
      this.secrets.uri(source, where, "user", "postgres"),
      where,
      this.secrets,
    );
    return run(new PostgresCanary(writer, databases));
  }

  /** Nothing in PostgreSQL expires by itself. */
  pauseExpiry(): Promise<void> {
    return Promise.resolve();
  }

  resumeExpiry(): Promise<void> {
    return Promise.resolve();
  }

  refuseUnfit(token: number, moves: boolean): Promise<void> {
    return refuseUnfit(this.server, this.spec, token, moves);
  }

  /** The server says itself what the user may not, by the thing that it is about (`refuseUnfit`). */
  missingRights(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  /** A database comes back with all that reads it. */
  refuseOrphans(): Promise<void> {
    return Promise.resolve();
  }

  async prepare(needs: ProcessNeeds, { processor, spec, reporter, dumps }: Context): Promise<Pass> {
    const list = await processor.migrations(spec.migrations);
    const leading = inThisEnvironment(list.leadingTo(needs.schema).slice(-1), this.spec);
    const chain = inThisEnvironment(needs.chain, this.spec);
    const pass = new PostgresPass(this, this.spec, { ...needs, chain }, leading.at(0));
    await refuseWithoutRoom(this.server, pass.concerned, dumps.storage, (says) => {
      reporter.stage("plan", says);
    });
    return pass;
  }

  /** What closed databases held, for the look at the originals after the swap. */
  remember(closed: ReadonlyMap<string, Mark>): void {
    this.#comparison.remember(closed);
  }

  witness(swapped: SwapIntent): Promise<Json> {
    return this.#comparison.witness(swapped);
  }

  differences(version: KnownVersion, mayGoOn: () => void): Promise<readonly Difference[]> {
    return this.#comparison.differences(version, mayGoOn);
  }

  tellWrites(difference: Difference, since: ReleasedVersion): Promise<string> {
    return Promise.resolve(this.#comparison.tell(difference, since));
  }

  async estimate(thing: string): Promise<number> {
    const found = await this.server.with(thing, estimatedTables);
    return found.reduce((sum, one) => sum + one.rows, 0);
  }

  /** A released database, or a version of one. */
  #isOurs(name: string): boolean {
    const { databases } = this.spec;
    const of = parseBeside(name)?.collection.replace(/~$/, "");
    return databases.includes(name) || (of !== undefined && databases.includes(of));
  }
}
