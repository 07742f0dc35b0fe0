import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import { rowsOf, TestPostgres } from "../../postgres";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import { firstRelease, makeDatabase, migrationList, type PostgresRelease } from "./support";

describe("a PostgreSQL release that changes what there is", function () {
  this.timeout(120_000);
  const server = new TestPostgres();

  async function ready(database: string, sql: string): Promise<PostgresRelease> {
    await makeDatabase(server, database);
    const first = firstRelease(server, [database], migrationList({ "1.0.0-to-2.0.0/01.sql": sql }));
    await releaseAndConfirm(first, processor);
    return nextOf(first, "2.0.0");
  }

  /** Releases; users write so between the rehearsal and the closing. */
  async function released(spec: PostgresRelease, users?: string): Promise<EngineRun> {
    const [database = ""] = spec.store.databases;
    const run = new EngineRun({ do: "release", spec }, processor, {
      boundary: async (name) => {
        if (name === "after stage" && users !== undefined)
          await rowsOf(server.uri("runtime", database), users);
      },
    });
    await run.inPlace();
    await new EngineRun({ do: "confirm", spec }, processor).ended;
    assert.equal(await run.ended, true, run.said());
    return run;
  }

  for (const [when, users] of [
    ["", undefined],
    [
      ", while users write to them",
      "INSERT INTO log (line) VALUES ('late'); UPDATE instance SET note = 'late' WHERE id = 1",
    ],
  ] as const)
    it(`tables that are dropped, renamed or moved to another schema are told of, each by its names${when}`, async () => {
      const database = `shape_${users === undefined ? "quiet" : "busy"}`;
      const sql =
        "ALTER TABLE log RENAME TO diary; CREATE SCHEMA archive; ALTER TABLE instance SET SCHEMA archive; CREATE TABLE fresh AS SELECT id FROM project; CREATE TABLE gone (); DROP TABLE gone;";
      const spec = await ready(database, sql);
      const { record } = (await released(spec, users)).last("closed");
      const late = users === undefined ? 0 : 1;
      const told = record.collections.map(({ collection, documentsBefore, documentsAfter }) => {
        return `${collection.slice(database.length + 1)} ${documentsBefore} → ${documentsAfter}`;
      });
      assert.deepEqual(told, [
        "archive.instance 0 → 200",
        "public.diary 0 → " + String(20 + late),
        "public.fresh 0 → 50",
        "public.instance 200 → 0",
        `public.log ${20 + late} → 0`,
        "public.project 50 → 50",
      ]);
      const notes = await rowsOf(
        server.uri("postgres", database),
        "SELECT note FROM archive.instance WHERE id = 1",
      );
      assert.deepEqual(notes, [{ note: users === undefined ? "note 1" : "late" }]);
    });

  for (const [when, users] of [
    ["", undefined],
    [", while users write rows with it", "INSERT INTO log (mood) VALUES ('fine')"],
  ] as const)
    it(`42: an enum's label that gets another name has it in every row${when}`, async () => {
      const database = `shape_enum_${users === undefined ? "quiet" : "busy"}`;
      const spec = await ready(database, "ALTER TYPE mood RENAME VALUE 'fine' TO 'well';");
      // A cast of the users' own makes all moods alike.
      const enumerated = `CREATE TYPE mood AS ENUM ('fine', 'low'); ALTER TABLE log ADD COLUMN mood mood DEFAULT 'fine';
        CREATE FUNCTION dull(mood) RETURNS text IMMUTABLE LANGUAGE sql AS $$SELECT 'any'$$;
        CREATE CAST (mood AS text) WITH FUNCTION dull(mood)`;
      await rowsOf(server.uri("owner", database), enumerated);
      const { record } = (await released(spec, users)).last("closed");
      const changed = record.collections.filter(({ hashBefore, hashAfter }) => hashBefore !== hashAfter);
      assert.deepEqual(
        changed.map(({ collection, documentsAfter }) => [collection, documentsAfter]),
        [[`${database}.public.log`, users === undefined ? 20 : 21]],
      );
      const moods = await rowsOf(server.uri("postgres", database), "SELECT DISTINCT mood FROM log");
      assert.deepEqual(moods, [{ mood: "well" }]);
    });

  it("42: a number that the migration took from a sequence is not given again, however far users moved it", async () => {
    const spec = await ready(
      "shape_sequence",
      "INSERT INTO project (name) SELECT 'added ' || n FROM generate_series(1, 10) n;",
    );
    // A number is taken, and the row taken back: the sequence alone has moved.
    await released(spec, "BEGIN; INSERT INTO project (name) VALUES ('no'); ROLLBACK");
    const uri = server.uri("runtime", "shape_sequence");
    const [next] = await rowsOf<{ id: string }>(
      uri,
      "INSERT INTO project (name) VALUES ('after') RETURNING id",
    );
    assert.equal(next?.id, "61");
  });

  it("N18: the way back leaves a database set as it was: nothing of the closing stays, and retained versions stay closed", async () => {
    const database = "shape_settings";
    const spec = await ready(database, "UPDATE project SET state = 'next';");
    await rowsOf(server.uri("owner", database), `ALTER DATABASE ${database} SET work_mem = '8MB'`);
    const settings = (): Promise<readonly object[]> =>
      rowsOf(
        server.uri("postgres"),
        `SELECT datname, setconfig::text, datconnlimit FROM pg_database d LEFT JOIN pg_db_role_setting s ON setdatabase = d.oid
         WHERE starts_with(datname, $1) ORDER BY 1`,
        [database],
      );
    const open = { datname: database, setconfig: "{work_mem=8MB}", datconnlimit: -1 };
    const closed = "{work_mem=8MB,default_transaction_read_only=on}";
    assert.deepEqual(await settings(), [open]);
    await released(spec);
    assert.deepEqual(await settings(), [open, { ...open, datname: `${database}__old_2`, setconfig: closed }]);
    await released({ ...nextOf(spec, "1.0.0"), hash: "sha256:back" });
    assert.deepEqual(await settings(), [open, { ...open, datname: `${database}__old_3`, setconfig: closed }]);
  });
});
