import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import { connected, rowsOf, TestPostgres } from "../../postgres";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import {
  contentOf,
  databasesLike,
  firstRelease,
  makeDatabases,
  migrationList,
  type PostgresRelease,
} from "./support";

const step = "1.0.0-to-2.0.0";
const sql =
  "ALTER TABLE project ADD COLUMN owner text NOT NULL DEFAULT 'nobody'; UPDATE project SET state = 'old' WHERE id <= 10;";
const bothDatabases = {
  [`${step}/migration.yaml`]: "kind: sql\n",
};

describe("A data release of PostgreSQL databases", function () {
  this.timeout(120_000);
  const server = new TestPostgres();

  async function ready(one: string, two: string): Promise<PostgresRelease> {
    await makeDatabases(server, one, two);
    const list = migrationList({
      ...bothDatabases,
      [`${step}/${one}/01-owner.sql`]: sql,
      [`${step}/${two}/01-note.sql`]: "DELETE FROM instance WHERE id > 190;",
      [`${step}/${one}/checks/no-nameless.sql`]: "SELECT id FROM project WHERE name = ''",
    });
    const first = firstRelease(server, [one, two], list);
    await releaseAndConfirm(first, processor);
    return nextOf(first, "2.0.0");
  }

  it("migrates two databases and leaves the originals beside", async () => {
    const spec = await ready("fw_a", "fw_b");
    const run = await releaseAndConfirm(spec, processor);
    const projects = await rowsOf(
      server.uri("runtime", "fw_a"),
      "SELECT DISTINCT owner, state FROM project ORDER BY 2",
    );
    assert.deepEqual(projects, [
      { owner: "nobody", state: "new" },
      { owner: "nobody", state: "old" },
    ]);
    assert.deepEqual(await databasesLike(server, "fw_"), ["fw_a", "fw_a__old_2", "fw_b", "fw_b__old_2"]);
    const { collections, closedFor } = run.last("closed").record;
    const changed = collections.filter(({ hashBefore, hashAfter }) => hashBefore !== hashAfter);
    assert.deepEqual(
      changed.map(({ collection, added, changed: rows, removed }) => ({ collection, added, rows, removed })),
      [
        { collection: "fw_a.public.project", added: 0, rows: 10, removed: 0 },
        { collection: "fw_b.public.instance", added: 0, rows: 0, removed: 10 },
      ],
    );
    assert.ok(closedFor !== undefined && closedFor > 0);
    await rowsOf(server.uri("runtime", "fw_a"), "INSERT INTO project (name) VALUES ('after')");
  });

  it("N16: takes both databases back when nobody is left to confirm", async () => {
    const spec = await ready("tb_a", "tb_b");
    const before = [await contentOf(server, "tb_a"), await contentOf(server, "tb_b")];
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    run.signs.give("the pipe was closed");
    await run.ended;
    assert.equal(run.last("closed").record.outcome, "rolled-back");
    assert.deepEqual([await contentOf(server, "tb_a"), await contentOf(server, "tb_b")], before);
    assert.deepEqual(await databasesLike(server, "tb_"), ["tb_a", "tb_b"]);
    await rowsOf(server.uri("runtime", "tb_a"), "INSERT INTO project (name) VALUES ('after')");
  });

  it("N18: goes back by renames, and 40: not when users wrote since, until the config accepts that loss by name", async () => {
    const spec = await ready("wb_a", "wb_b");
    const before = await contentOf(server, "wb_a");
    await releaseAndConfirm(spec, processor);
    await connected(server.uri("runtime", "wb_a"), async (client) => {
      await client.query("INSERT INTO project (name) VALUES ('one'), ('two')");
      await client.query("UPDATE instance SET note = 'changed' WHERE id = 1");
    });
    const back = { ...nextOf(spec, "1.0.0"), hash: "sha256:back", order: "code-first" as const };
    const refused = new EngineRun({ do: "release", spec: back }, processor);
    await refused.ended;
    assert.match(
      refused.said(),
      /wb_a\.public\.project: found writes of users since the release: 2 rows added, 0 changed, 0 removed/,
    );
    assert.match(
      refused.said(),
      /wb_a\.public\.instance: found writes of users since the release: 0 rows added, 1 changed, 0 removed/,
    );
    await releaseAndConfirm({ ...back, acceptLossSince: "v2.0.0" }, processor);
    assert.deepEqual(await contentOf(server, "wb_a"), before);
    await rowsOf(server.uri("runtime", "wb_a"), "INSERT INTO project (name) VALUES ('after')");
  });

  it("makes again in the closed time what users wrote since the rehearsal, and nothing else", async () => {
    const spec = await ready("ct_a", "ct_b");
    const run = new EngineRun({ do: "release", spec }, processor, {
      boundary: async (name) => {
        if (name !== "after stage") return;
        await connected(server.uri("runtime", "ct_a"), async (client) => {
          await client.query("INSERT INTO project (name) VALUES ('late')");
          await client.query("UPDATE instance SET note = 'late' WHERE id = 7");
          await client.query("DELETE FROM instance WHERE id = 8");
          await client.query("INSERT INTO log (line) VALUES ('late')");
        });
      },
    });
    await run.inPlace();
    assert.ok(
      run.events.some((event) => event.event === "stage" && /again what users changed/.test(event.says)),
      run.said(),
    );
    await new EngineRun({ do: "confirm", spec }, processor).ended;
    await run.ended;
    const uri = server.uri("runtime", "ct_a");
    assert.deepEqual(await rowsOf(uri, "SELECT owner FROM project WHERE name = 'late'"), [
      { owner: "nobody" },
    ]);
    assert.deepEqual(await rowsOf(uri, "SELECT id, note FROM instance WHERE id IN (7, 8)"), [
      { id: 7, note: "late" },
    ]);
    assert.equal((await rowsOf(uri, "SELECT FROM log WHERE line = 'late'")).length, 1);
  });

  it("N10: refuses writers while writes are closed, and gives back exactly what was set", async () => {
    const spec = await ready("cw_a", "cw_b");
    await rowsOf(server.uri("owner", "cw_a"), "ALTER DATABASE cw_a SET work_mem = '8MB'");
    const settings =
      "SELECT datname, setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase WHERE datname LIKE 'cw\\_%' AND datname NOT LIKE '%old%'";
    const before = await rowsOf(server.uri("postgres"), settings);
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    await assert.rejects(
      rowsOf(server.uri("runtime", "cw_a"), "INSERT INTO project (name) VALUES ('no')"),
      /read-only transaction/,
    );
    assert.equal((await rowsOf(server.uri("runtime", "cw_a"), "SELECT FROM project")).length, 50);
    await new EngineRun({ do: "confirm", spec }, processor).ended;
    await run.ended;
    assert.deepEqual(await rowsOf(server.uri("postgres"), settings), before);
  });

  it("N13: refuses what a check finds, row by row, and closes no writes", async () => {
    const spec = await ready("ch_a", "ch_b");
    await rowsOf(server.uri("runtime", "ch_a"), "INSERT INTO project (name) VALUES ('')");
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.ended;
    assert.match(
      run.said(),
      /ch_a, row \{"id": 51\}: found made invalid by the migration; allowed: no-nameless.sql/,
    );
    assert.deepEqual(await databasesLike(server, "ch_"), ["ch_a", "ch_b"]);
  });

  it("N13: refuses rows that break a constraint which is NOT VALID, and leaves one that holds as it is", async () => {
    await makeDatabases(server, "nv_a");
    const constraint =
      "ALTER TABLE instance ADD CONSTRAINT noted CHECK (note <> '') NOT VALID; ALTER TABLE log ADD CONSTRAINT lined CHECK (line <> '') NOT VALID;";
    const list = migrationList({ [`${step}/01.sql`]: constraint });
    const first = firstRelease(server, ["nv_a"], list);
    await releaseAndConfirm(first, processor);
    const uri = server.uri("runtime", "nv_a");
    await rowsOf(uri, "UPDATE instance SET note = '' WHERE id = 1");
    const next = nextOf(first, "2.0.0");
    const run = new EngineRun({ do: "release", spec: next }, processor);
    await run.ended;
    assert.match(
      run.said(),
      /nv_a, row check constraint "noted".*; allowed: noted, NOT VALID on public\.instance/,
    );
    await rowsOf(uri, "UPDATE instance SET note = 'mended' WHERE id = 1");
    await releaseAndConfirm(next, processor);
    const valid =
      "SELECT conname, convalidated FROM pg_constraint WHERE conname IN ('noted', 'lined') ORDER BY 1";
    assert.deepEqual(await rowsOf(uri, valid), [
      { conname: "lined", convalidated: false },
      { conname: "noted", convalidated: false },
    ]);
  });

  it("20: a statement that fails is named with its file and line; the data is as it was", async () => {
    await makeDatabases(server, "sf_a");
    const list = migrationList({
      [`${step}/01-wrong.sql`]: "UPDATE project SET state = 'x';\n\nUPDATE nowhere SET a = 1;",
    });
    const first = firstRelease(server, ["sf_a"], list);
    await releaseAndConfirm(first, processor);
    const run = new EngineRun({ do: "release", spec: nextOf(first, "2.0.0") }, processor);
    await run.ended;
    assert.match(run.said(), /01-wrong.sql, line 3: found relation "nowhere" does not exist/);
    assert.deepEqual(await databasesLike(server, "sf_"), ["sf_a"]);
  });
});
