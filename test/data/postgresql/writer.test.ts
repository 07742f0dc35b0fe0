import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { processor } from "../../../lib/data/conductor/processor";
import { rowsOf, TestPostgres } from "../../postgres";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import { ChildEngine, compiledEntry } from "../kill/child-engine";
import { firstRelease, makeDatabases, migrationList } from "./support";

/** Goes on writing as users do, comes again when it is disconnected, and keeps count of what was acknowledged. */
class Writer {
  readonly acknowledged: { readonly name: string; readonly from: number; readonly to: number }[] = [];
  refused = 0;
  #stopped = false;
  #client: Client | undefined;
  readonly #done: Promise<void>;

  constructor(private readonly uri: string) {
    this.#done = this.#write();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    await this.#client?.end();
  }

  async #write(): Promise<void> {
    for (let n = 0; !this.#stopped; n++) {
      const name = `written ${n}`;
      const from = Date.now();
      try {
        this.#client ??= await this.#connect();
        await this.#client.query("INSERT INTO project (name) VALUES ($1)", [name]);
        this.acknowledged.push({ name, from, to: Date.now() });
      } catch {
        this.refused += 1;
        await this.#client?.end().catch(() => undefined);
        this.#client = undefined;
      }
      await pause(10); // People are not faster.
    }
  }

  async #connect(): Promise<Client> {
    const client = new Client({ connectionString: this.uri });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }
}

describe("A writer that goes on through whole releases of a PostgreSQL database", function () {
  this.timeout(300_000);
  const server = new TestPostgres();

  it("17: loses no acknowledged row over good, failing, unconfirmed and killed releases, and none is accepted while closed", async () => {
    await makeDatabases(server, "wr_a");
    const list = migrationList({
      "1.0.0-to-2.0.0/01.sql": "ALTER TABLE project ADD COLUMN version int; UPDATE project SET version = 2;",
    });
    const failing = migrationList({ "1.0.0-to-2.0.0/01.sql": "UPDATE project SET nowhere = 2;" });
    const first = firstRelease(server, ["wr_a"], list);
    await releaseAndConfirm(first, processor);
    const next = nextOf(first, "2.0.0");
    const writer = new Writer(server.uri("runtime", "wr_a"));
    const windows: { readonly from: number; readonly to: number }[] = [];
    const closedDuring = async (confirmed: boolean): Promise<void> => {
      const run = new EngineRun({ do: "release", spec: next }, processor);
      await run.inPlace();
      const from = Date.now();
      const before = writer.refused;
      while (writer.refused < before + 3) await pause(2);
      windows.push({ from, to: Date.now() });
      if (confirmed) await new EngineRun({ do: "confirm", spec: next }, processor).ended;
      else run.signs.give("nobody confirms");
      await run.ended;
    };
    try {
      await closedDuring(false);
      const spec = { ...next, migrations: failing, hash: "sha256:failing" };
      assert.equal(await new EngineRun({ do: "release", spec }, processor).ended, false);
      const entry = compiledEntry();
      for (const at of ["4", "9", "14"]) {
        const environment = { KILL_AT: at, KILL_STORE: "postgresql" };
        const killed = new ChildEngine(entry, { do: "release", spec: next }, environment);
        assert.equal(await killed.ended, "SIGKILL");
        const resume = new EngineRun({ do: "resume", spec: next }, processor);
        assert.equal(await resume.ended, true, resume.said());
      }
      await closedDuring(true);
      const whole = writer.acknowledged.length;
      while (writer.acknowledged.length < whole + 3) await pause(2);
    } finally {
      await writer.stop();
    }

    const found = new Map(
      (
        await rowsOf<{ name: string; version: number | null }>(
          server.uri("postgres", "wr_a"),
          "SELECT name, version FROM project",
        )
      ).map(({ name, version }) => [name, version]),
    );
    assert.deepEqual(
      writer.acknowledged.filter(({ name }) => !found.has(name)),
      [],
    );
    assert.ok(writer.acknowledged.length > 50 && writer.refused > 5, "the writer was at work");
    const sneaked = writer.acknowledged.filter(({ from, to }) =>
      windows.some((one) => from > one.from && to < one.to),
    );
    assert.deepEqual(sneaked, []);
    const release = windows.at(-1)?.from ?? 0;
    const old = writer.acknowledged.filter(({ name, to }) => to < release && found.get(name) !== 2);
    assert.deepEqual(old, [], "what was written before the release has the new shape");
  });
});
