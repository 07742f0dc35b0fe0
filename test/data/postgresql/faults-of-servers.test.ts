import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import { processor } from "../../../lib/data/conductor/processor";
import { connected, rowsOf, TestPostgres } from "../../postgres";
import { asUser, serverUser } from "../../../tools/postgresql/unprivileged";
import { scratch } from "../../scratch";
import { releaseAndConfirm } from "../engine-run";
import { ChildEngine, compiledEntry } from "../kill/child-engine";
import { ask, cutSessions, disturbed, fails, onceReleased, remembered, step } from "./faults";
import { databasesLike, makeDatabase, firstRelease, migrationList, type PostgresRelease } from "./support";

/** Connections that are cut, disks that take no more, and sessions of others that are in the way. */
describe("Faults of PostgreSQL servers", function () {
  this.timeout(180_000);
  const server = new TestPostgres({ max_prepared_transactions: "4", wal_level: "logical" });

  it("10: a disk that takes no more of the dump stops the release", async () => {
    const spec = await onceReleased(server, "dump-full");
    const whole = await remembered(server, spec);
    const settings = { KILL_STORE: "postgresql", STOP_BEFORE: "stage" };
    const child = new ChildEngine(compiledEntry(), { do: "release", spec }, settings);
    while (!isStopped(child.pid)) await ask("status", spec);
    // The engine's programs inherit it: a longer file can't be written.
    execFileSync("prlimit", ["--pid", String(child.pid), "--fsize=512"]);
    child.signal("SIGCONT");
    assert.match(await child.ended, /^1/);
    assert.match(
      JSON.stringify(child.events.at(-1)),
      /pg_dump on dump-full: found .*(File too large|SIGXFSZ)/,
    );
    await whole();
  });

  it("11: a folder for dumps that can't be made stops the release", async () => {
    const spec = await onceReleased(server, "no-folder");
    const whole = await remembered(server, spec);
    const file = join(scratch("fault"), "file");
    writeFileSync(file, "");
    assert.match(await fails({ ...spec, dump: { keep: join(file, "dumps") } }), /ENOTDIR|not a folder/i);
    await whole();
  });

  for (const at of ["after stage", "before settle", "before swap", "after swap"])
    it(`15: every session that is cut (${at}) loses nothing`, async () => {
      const spec = await onceReleased(server, `cut ${at}`);
      const whole = await remembered(server, spec);
      await disturbed(spec, at, () => cutSessions(server));
      await whole();
    });

  it("15: a connection that breaks after the server carried out the renames, before it said so, loses nothing", async () => {
    const spec = await onceReleased(server, "unsaid");
    const whole = await remembered(server, spec);
    const proxy = await breakingAfterRenames(server.uri("slipway"));
    const uri = { kind: "value", value: proxy.uri } as const;
    const broken: PostgresRelease = { ...spec, store: { ...spec.store, uri } };
    const said = await fails(broken);
    proxy.close();
    assert.equal(proxy.broke(), 1, said);
    await ask("resume", spec);
    await whole();
    await releaseAndConfirm({ ...spec, dump: { keep: scratch("dump") } }, processor);
  });

  it("35: what the server does not take back from the dump is said in its own words", async () => {
    await makeDatabase(
      server,
      "unloadable",
      `CREATE TABLE limits (most int); INSERT INTO limits VALUES (10);
       CREATE FUNCTION fits(n int) RETURNS boolean LANGUAGE sql AS 'SELECT n <= most FROM limits';
       CREATE TABLE amounts (n int CHECK (fits(n))); INSERT INTO amounts VALUES (7);
       CREATE TABLE project (name text); GRANT SELECT, UPDATE ON project TO runtime`,
    );
    const list = migrationList({ [`${step}/01.sql`]: "UPDATE limits SET most = 20" });
    const first = firstRelease(server, ["unloadable"], list);
    await releaseAndConfirm(first, processor);
    const spec = { ...first, schema: { ...first.schema, version: "2.0.0" }, hash: "sha256:2" };
    const whole = await remembered(server, spec);
    assert.match(await fails(spec), /pg_restore.*relation "limits" does not exist/s);
    await whole();
  });

  it("42: a table that somebody keeps locked ends the rehearsal in time, and names who does", async () => {
    const spec = await onceReleased(server, "locked");
    const whole = await remembered(server, spec);
    const said = await connected(server.uri("owner", "locked"), async (client) => {
      await client.query("SET application_name = 'a long one'; BEGIN; LOCK TABLE project");
      return fails(spec);
    });
    assert.match(said, /public\.project.*owner \(a long one\)/);
    await whole();
  });

  it("42: a session that idles in a transaction when writes are closed is ended, its open write with it", async () => {
    const spec = await onceReleased(server, "idle");
    const idler = new Client({ connectionString: server.uri("runtime", "idle") });
    const ended = new Promise<string>((resolve) => {
      idler.on("error", (error) => {
        resolve(error.message);
      });
    });
    await idler.connect();
    await idler.query("BEGIN; INSERT INTO project (name) VALUES ('never said to be kept')");
    await releaseAndConfirm(spec, processor);
    assert.match(await ended, /terminating connection/);
    const rows = await rowsOf(server.uri("postgres", "idle"), "SELECT FROM project WHERE name LIKE 'never%'");
    assert.equal(rows.length, 0);
    await idler.end().catch(() => undefined);
  });

  it("42: an administrator's session, which no release may end, is named; the release is taken back and the session goes on", async () => {
    const spec = await onceReleased(server, "admin");
    const whole = await remembered(server, spec);
    await connected(server.uri("postgres", "admin"), async (client) => {
      await client.query("SET application_name = 'a night shift'");
      assert.match(await fails(spec), /sessions that could not be ended: postgres \(a night shift\)/);
      assert.equal((await client.query("SELECT FROM project")).rows.length, 50);
    });
    await whole();
  });

  it("42: users who come again and again in the moment of the renames don't hinder them", async () => {
    const spec = await onceReleased(server, "busy");
    let isOver = false;
    const coming = Array.from({ length: 4 }, async () => {
      while (!isOver)
        await rowsOf(server.uri("runtime", "busy"), "SELECT count(*) FROM project").catch(() => undefined);
    });
    const run = await releaseAndConfirm(spec, processor).finally(() => (isOver = true));
    await Promise.all(coming);
    assert.equal(run.last("closed").record.outcome, "released");
  });

  it("42: prepared transactions, replication slots and subscriptions are refused by the plan, each by its name", async () => {
    const spec = await onceReleased(server, "bound");
    const whole = await remembered(server, spec);
    const onBound = server.uri("postgres", "bound");
    await rowsOf(onBound, "SELECT pg_create_logical_replication_slot('to_a_warehouse', 'pgoutput')");
    // A slot that is made waits for the end of every transaction.
    await rowsOf(onBound, "BEGIN; CREATE TABLE half (); PREPARE TRANSACTION 'half done'");
    await rowsOf(
      onBound,
      "CREATE SUBSCRIPTION from_afar CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)",
    );
    const said = await fails(spec);
    assert.match(said, /bound: found a prepared transaction, half done/);
    assert.match(said, /bound: found a logical replication slot, to_a_warehouse/);
    assert.match(said, /bound: found a subscription, from_afar/);
    await rowsOf(onBound, "ROLLBACK PREPARED 'half done'");
    await rowsOf(onBound, "SELECT pg_drop_replication_slot('to_a_warehouse')");
    await rowsOf(onBound, "DROP SUBSCRIPTION from_afar");
    await whole();
  });

  it("42: a transaction that is prepared after the plan is named when the renames wait for it in vain", async () => {
    const spec = await onceReleased(server, "half");
    const before = await databasesLike(server, "half");
    const said = await fails(spec, async (name) => {
      if (name === "after stage")
        await rowsOf(
          server.uri("runtime", "half"),
          "BEGIN; INSERT INTO project (name) VALUES ('half'); PREPARE TRANSACTION 'late'",
        );
    });
    assert.match(said, /prepared transaction.* late/);
    await rowsOf(server.uri("postgres", "half"), "COMMIT PREPARED 'late'");
    assert.deepEqual(await databasesLike(server, "half"), before);
    const kept = await rowsOf(server.uri("postgres", "half"), "SELECT FROM project WHERE name = 'half'");
    assert.equal(kept.length, 1, "what was prepared is kept");
  });

  it("42: a disk that takes no more in the middle of a statement leaves the data as it was", async () => {
    const much = "INSERT INTO log SELECT now(), repeat(md5(n::text), 30) FROM generate_series(1, 30000) n;";
    const spec = await onceReleased(server, "full", { [`${step}/01.sql`]: much });
    const whole = await remembered(server, spec);
    const [setting] = await rowsOf<{ data_directory: string }>(server.uri("postgres"), "SHOW data_directory");
    const [pid = ""] = readFileSync(join(setting?.data_directory ?? "", "postmaster.pid"), "utf8").split(
      "\n",
    );
    const limit = (bytes: string): void => {
      const args = ["--pid", pid, `--fsize=${bytes}:unlimited`];
      const asServer = asUser(serverUser(), "prlimit", args);
      execFileSync(asServer.command, [...asServer.args]);
    };
    // Larger than a piece of the server's log of changes, smaller than what the statement writes.
    limit(String(20 * 2 ** 20));
    try {
      assert.match(await fails(spec), /01\.sql.*(File too large|could not extend file)/);
    } finally {
      limit("unlimited");
    }
    await whole();
  });
});

function isStopped(pid: number): boolean {
  return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** The way to a server that breaks once: when the server has committed renames, and before whoever asked hears of it. */
async function breakingAfterRenames(
  uri: string,
): Promise<{ readonly uri: string; broke(): number; close(): void }> {
  const to = new URL(uri);
  const { port, hostname } = to;
  let broken = 0;
  const proxy: Server = createServer((near) => {
    const far = connect(Number(port), hostname);
    let renames = false;
    let isCommitting = false;
    near.on("data", (bytes) => {
      renames ||= bytes.includes("RENAME TO");
      isCommitting = renames && broken === 0 && bytes.includes("COMMIT");
      far.write(bytes);
    });
    far.on("data", (bytes) => {
      if (!isCommitting) return void near.write(bytes);
      broken += 1;
      near.destroy();
      far.destroy();
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  to.port = String((proxy.address() as AddressInfo).port);
  return { uri: to.href, broke: () => broken, close: () => proxy.close() };
}
