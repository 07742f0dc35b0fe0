import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import { connected, rowsOf, TestPostgres } from "../../postgres";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import {
  contentOf,
  databasesLike,
  dropDatabases,
  firstRelease,
  makeDatabase,
  mayWrite,
  migrationList,
  type PostgresRelease,
} from "./support";

const step = "1.0.0-to-2.0.0";

/** Like Django's `manage.py migrate`: applies what its own table does not know yet, each in a transaction, and says so. */
const manage = `
  const { execFileSync } = require("node:child_process");
  const sql = (text) => execFileSync("psql", ["-XqAt", "-v", "ON_ERROR_STOP=1", "-c", text], { encoding: "utf8" });
  const migrations = require("./migrations.json");
  sql("CREATE TABLE IF NOT EXISTS django_migrations (name text PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())");
  const applied = new Set(sql("SELECT name FROM django_migrations").split("\\n"));
  for (const [name, statements] of Object.entries(migrations)) {
    if (applied.has(name)) continue;
    console.log("Applying " + name + "...");
    sql("BEGIN; " + statements + "; INSERT INTO django_migrations (name) VALUES ('" + name + "'); COMMIT");
  }
`;
const migrations = {
  "0001_owner": "ALTER TABLE project ADD COLUMN owner text NOT NULL DEFAULT 'nobody'",
  "0002_tags":
    "CREATE TABLE tag (id serial PRIMARY KEY, word text NOT NULL); UPDATE project SET state = 'tagged' WHERE id <= 5",
};

describe("a migration by a program of the system", function () {
  this.timeout(120_000);
  const server = new TestPostgres();
  const database = "command";

  beforeEach(async () => {
    await makeDatabase(server, database);
  });
  afterEach(async () => {
    await dropDatabases(server, [...(await databasesLike(server, database)), `slipway_${database}`]);
  });

  /** The database at its first version, and the release whose step runs such a program. */
  async function ready(files: Readonly<Record<string, string>>): Promise<PostgresRelease> {
    const own = Object.entries(files).map(([name, text]) => [`${step}/${name}`, text] as const);
    const list = {
      [`${step}/migration.yaml`]: "kind: command\nrun: [node, manage.js]\n",
      ...Object.fromEntries(own),
    };
    const first = firstRelease(server, [database], migrationList(list));
    await releaseAndConfirm(first, processor);
    return nextOf(first, "2.0.0");
  }

  /** Fails the release, and looks that nothing is another than before. */
  async function refused(
    spec: PostgresRelease,
    meanwhile?: (run: EngineRun) => Promise<void>,
  ): Promise<EngineRun> {
    const before = await contentOf(server, database);
    const run = new EngineRun({ do: "release", spec }, processor);
    await meanwhile?.(run);
    assert.equal(await run.ended, false);
    assert.deepEqual(await contentOf(server, database), before);
    assert.deepEqual(await databasesLike(server, database), [database]);
    assert.ok(await mayWrite(server, database));
    return run;
  }

  it("applies what is missing, as the owner, on a copy; what users wrote meanwhile is in it", async () => {
    const spec = await ready({ "manage.js": manage, "migrations.json": JSON.stringify(migrations) });
    const run = new EngineRun({ do: "release", spec }, processor, {
      boundary: async (name) => {
        if (name === "after stage")
          await rowsOf(server.uri("runtime", database), "INSERT INTO project (name) VALUES ('late')");
      },
    });
    await run.inPlace();
    await new EngineRun({ do: "confirm", spec }, processor).ended;
    assert.equal(await run.ended, true, run.said());
    await connected(server.uri("postgres", database), async (client) => {
      const { rows: applied } = await client.query("SELECT name FROM django_migrations ORDER BY 1");
      assert.deepEqual(applied, [{ name: "0001_owner" }, { name: "0002_tags" }]);
      const { rows: late } = await client.query("SELECT owner FROM project WHERE name = 'late'");
      assert.deepEqual(late, [{ owner: "nobody" }]);
      const { rows: owners } = await client.query(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'",
      );
      assert.deepEqual(owners, [{ tableowner: "owner" }]);
    });
  });

  it("20: one that fails ends the release with its last words; half of its migrations are nowhere", async () => {
    const broken = { ...migrations, "0003_broken": "ALTER TABLE nowhere ADD COLUMN x int" };
    const run = await refused(
      await ready({ "manage.js": manage, "migrations.json": JSON.stringify(broken) }),
    );
    assert.match(run.said(), /node manage\.js: found it ended with 1: [^]*relation "nowhere" does not exist/);
    assert.match(run.said(), /allowed: a command that ends with 0/);
  });

  it("X5: no secret that one prints is shown, whole or in part", async () => {
    const loud = `
      const { DATABASE_URL, PGPASSWORD } = process.env;
      console.log(DATABASE_URL);
      console.error("x".repeat(3_980) + PGPASSWORD + "y".repeat(3_980));
      process.exit(3);`;
    const run = await refused(await ready({ "manage.js": loud }));
    const password = new URL(server.uri("slipway")).password;
    const said = JSON.stringify(run.events);
    assert.match(said, /it ended with 3: y*|x+\\*\\*\\*y+/);
    for (let at = 0; at + 8 <= password.length; at += 1)
      assert.ok(!said.includes(password.slice(at, at + 8)), "a part of the password");
  });

  it("38: one that hangs, and all that it started, is ended when nobody is left to confirm; so is a statement", async () => {
    const hangs = `
      const { spawn } = require("node:child_process");
      process.on("SIGTERM", () => undefined);
      spawn("psql", ["-X", "-c", "SELECT 'hangs', pg_sleep(600)"], { stdio: "inherit" });
      setInterval(() => undefined, 1_000);`;
    await refused(await ready({ "manage.js": hangs }), interruptedAt("SELECT 'hangs'"));
    await dropDatabases(server, [database, `slipway_${database}`]);
    await makeDatabase(server, database);
    const slow = migrationList({
      [`${step}/01.sql`]: "UPDATE project SET state = 'slow' WHERE pg_sleep(600) IS NULL",
    });
    const first = firstRelease(server, [database], slow);
    await releaseAndConfirm(first, processor);
    await refused(nextOf(first, "2.0.0"), interruptedAt("UPDATE project SET state = 'slow'"));
  });

  /** Gives the sign as soon as the server is at such a statement. */
  function interruptedAt(statement: string): (run: EngineRun) => Promise<void> {
    return async ({ signs, ended }) => {
      const question = "SELECT FROM pg_stat_activity WHERE state = 'active' AND starts_with(query, $1)";
      const over = new AbortController();
      void ended.then(() => {
        over.abort();
      });
      while (
        !over.signal.aborted &&
        (await rowsOf(server.uri("postgres"), question, [statement])).length === 0
      )
        await new Promise((resolve) => setTimeout(resolve, 50));
      signs.give("Ctrl-C");
    };
  }
});
