import assert from "node:assert/strict";
import { readdirSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { processor } from "../../../lib/data/conductor/processor";
import { verifyOffline } from "../../../lib/data/verify/verify-proof";
import { rowsOf, TestPostgres } from "../../postgres";
import { scratch } from "../../scratch";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import { catalogueOf } from "./catalogue";
import { ask, fails, onceReleased, plainStep, step } from "./faults";
import { contentOf, databasesLike, firstRelease, makeDatabase, mayWrite, migrationList } from "./support";

/** A step for as many databases as there are. */
const nothingToDo = { [`${step}/migration.yaml`]: "kind: empty\nreason: nothing to do\n" };

/** Whatever lies in a database, and what others do to it meanwhile. */
describe("Faults in a PostgreSQL release's data", function () {
  this.timeout(120_000);
  const server = new TestPostgres();
  const admin = (statement: string, database?: string): Promise<readonly Record<string, unknown>[]> =>
    rowsOf(server.uri("postgres", database), statement);

  it("9: a dump that is cut, or lacks a file, is found offline; a first deployment of two databases, one from a cut one, makes none", async () => {
    const spec = await onceReleased(server, "cut");
    const { record } = (await releaseAndConfirm(spec, processor)).last("closed");
    const proof = join(spec.dump.keep, record.id, "proof.json");
    const folder = join(spec.dump.keep, record.id, "cut");
    const [cut = "", gone = ""] = readdirSync(folder).filter((name) => name.endsWith(".gz"));
    truncateSync(join(folder, cut), 5);
    rmSync(join(folder, gone));
    const found = (await verifyOffline(proof)).map(({ where }) => where);
    assert.deepEqual([...found].sort(), [join("cut", cut), join("cut", gone)].sort());

    const dumps = scratch("dumps");
    const [whole, part] = [join(dumps, "whole.custom"), join(dumps, "cut.custom")];
    for (const dump of [whole, part])
      execFileSync("pg_dump", ["--format=custom", "--file", dump, "--dbname", server.uri("postgres", "cut")]);
    truncateSync(part, 4_000);
    const load = { anew_one: whole, anew_two: part };
    const first = firstRelease(server, ["anew_one", "anew_two"], migrationList(nothingToDo), { load });
    assert.match(await fails(first), /pg_restore/);
    assert.deepEqual(await databasesLike(server, "anew"), []);
  });

  it("17: a write of a session that set itself read-write is found after the swap; the release is taken back and the write is there", async () => {
    const spec = await onceReleased(server, "sneaked");
    const said = await fails(spec, async (name) => {
      if (name !== "before swap") return;
      // As many rows as before, and other content: no count would tell (34).
      const writes = "DELETE FROM log WHERE line = 'line 1'; INSERT INTO log VALUES (now(), 'sneaked')";
      await rowsOf(server.uri("runtime", "sneaked"), `BEGIN READ WRITE; ${writes}; COMMIT`);
    });
    assert.match(said, /sneaked\.public\.log: found a write while writes were closed/);
    const kept = "SELECT line FROM log WHERE line IN ('sneaked', 'line 1')";
    assert.deepEqual(await admin(kept, "sneaked"), [{ line: "sneaked" }]);
    assert.equal(await mayWrite(server, "sneaked"), true);
    assert.deepEqual(await databasesLike(server, "sneaked"), ["sneaked"]);
  });

  it("18: a database that somebody else has closed is never opened, whether before the plan or after it", async () => {
    const spec = await onceReleased(server, "closed");
    const close = 'ALTER DATABASE "closed" SET default_transaction_read_only = on';
    await admin(close);
    assert.match(await fails(spec), /somebody else has set default_transaction_read_only on closed already/);
    assert.equal(await mayWrite(server, "closed"), false);
    await admin('ALTER DATABASE "closed" RESET default_transaction_read_only');
    const said = await fails({ ...spec, hash: "sha256:later" }, async (name) => {
      if (name === "after stage") await admin(close);
    });
    assert.match(said, /an ordinary writer's write before writes were closed: found refused/);
    assert.equal(await mayWrite(server, "closed"), false);
  });

  it("19: a setting that a human changed meanwhile is not overwritten; the release says so and goes on when it is mended", async () => {
    const spec = await onceReleased(server, "human");
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    await admin('ALTER DATABASE "human" SET default_transaction_read_only = off');
    run.signs.give("nobody confirms");
    assert.equal(await run.ended, false);
    await admin('ALTER DATABASE "human" RESET default_transaction_read_only');
    await ask("resume", spec);
    assert.equal(await mayWrite(server, "human"), true);
  });

  it("26: a table that came, went or was altered after the rehearsal is seen, and everything is done again", async () => {
    const spec = await onceReleased(server, "altered");
    const run = await releaseDuring(spec, "after stage", async () => {
      await rowsOf(
        server.uri("owner", "altered"),
        "CREATE TABLE late (id int PRIMARY KEY); INSERT INTO late VALUES (1); DROP TABLE log; ALTER TABLE instance ADD COLUMN mark text DEFAULT 'x'",
      );
    });
    assert.match(JSON.stringify(run.events), /everything again in altered: tables were altered/);
    assert.deepEqual(Object.keys(await contentOf(server, "altered")), [
      "public.instance",
      "public.late",
      "public.project",
    ]);
    assert.deepEqual(await admin("SELECT DISTINCT mark FROM instance", "altered"), [{ mark: "x" }]);
  });

  it("26: a database that disappeared between plan and rehearsal ends the release, and nothing is made in its place", async () => {
    const spec = await onceReleased(server, "vanished");
    const said = await fails(spec, async (name) => {
      if (name === "before stage") await admin('ALTER DATABASE "vanished" RENAME TO "elsewhere"');
    });
    assert.match(said, /vanished/);
    assert.deepEqual(await databasesLike(server, "vanished"), []);
    await admin('ALTER DATABASE "elsewhere" RENAME TO "vanished"');
    await releaseAndConfirm({ ...spec, hash: "sha256:again" }, processor);
  });

  it("29: odd values keep every byte on both ways, dumped before and carried over while writes are closed", async () => {
    const spec = await onceReleased(server, "odd");
    await rowsOf(server.uri("owner", "odd"), oddTable);
    await rowsOf(server.uri("owner", "odd"), oddRows(1));
    await releaseDuring(spec, "after stage", async () => {
      await rowsOf(server.uri("owner", "odd"), oddRows(2));
    });
    // What was carried must be what was dumped: both rows differ in their key alone.
    const [same] = await admin(
      "SELECT count(*)::int AS rows, count(DISTINCT to_jsonb(o) - 'id')::int AS kinds, count(DISTINCT float8send(minus))::int AS zeros FROM odd o",
      "odd",
    );
    assert.deepEqual(same, { rows: 2, kinds: 1, zeros: 1 });
    const original = await contentOf(server, "odd__old_2");
    assert.equal((await contentOf(server, "odd"))["public.odd"], original["public.odd"]);
  });

  it("31: names with quotes, blanks and letters of any kind, and a database without a table, are released", async () => {
    for (const name of [`It's "ours"; \\ $1`, "naïve ストア"]) {
      const spec = await onceReleased(server, name);
      const catalogue = await catalogueOf(server, name);
      await releaseAndConfirm(spec, processor);
      assert.equal(await catalogueOf(server, name), catalogue);
      assert.deepEqual(await databasesLike(server, name), [name, `${name}__old_2`]);
    }
    await makeDatabase(server, "bare", "COMMENT ON SCHEMA public IS 'nothing yet'");
    const list = migrationList({ [`${step}/01.sql`]: "CREATE TABLE first (id int)" });
    const bare = firstRelease(server, ["bare"], list);
    await releaseAndConfirm(bare, processor);
    await releaseAndConfirm(nextOf(bare, "2.0.0"), processor);
    assert.deepEqual(Object.keys(await contentOf(server, "bare")), ["public.first"]);
  });

  it("31: the longest name that leaves room for its copies is released; one byte more is refused by the plan", async () => {
    // Two bytes each, and the copy's name is `…x~__new_2`: 63 bytes, as many as the server keeps.
    const longest = "ä".repeat(27);
    const spec = await onceReleased(server, `${longest}x`);
    await releaseAndConfirm(spec, processor);
    assert.deepEqual(await databasesLike(server, longest), [`${longest}x`, `${longest}x__old_2`]);
    await makeDatabase(server, `${longest}xyz`);
    const tooLong = firstRelease(server, [`${longest}xyz`], migrationList(plainStep), {
      journal: "slipway_long",
    });
    assert.match(
      await fails(tooLong),
      /found a name too long; allowed: one that leaves room for "~__new_1" in 63 bytes/,
    );
  });

  it("34: one loss and one duplicate of the same count are told apart by the content hash", async () => {
    const spec = await onceReleased(server, "dup");
    await releaseAndConfirm(spec, processor);
    const writes =
      "DELETE FROM log WHERE line = 'line 1'; INSERT INTO log SELECT * FROM log WHERE line = 'line 2'";
    await rowsOf(server.uri("runtime", "dup"), writes);
    // Whatever the server has counted is lost: only what the rows hold can tell.
    await admin("SELECT pg_stat_reset()", "dup");
    const back = { ...nextOf(spec, "1.0.0"), hash: "sha256:back", order: "code-first" as const };
    assert.match(
      await fails(back),
      /dup\.public\.log: found writes of users since the release: 20 rows then, 20 now/,
    );
  });

  async function releaseDuring(
    spec: Parameters<typeof fails>[0],
    at: string,
    act: () => Promise<void>,
  ): Promise<EngineRun> {
    const run = new EngineRun({ do: "release", spec }, processor, {
      boundary: (name) => (name === at ? act() : undefined),
    });
    await run.inPlace();
    await ask("confirm", spec);
    assert.equal(await run.ended, true, run.said());
    return run;
  }
});

const oddTable = `
  CREATE TYPE pair AS (a text, b numeric);
  CREATE TABLE odd (
    id int PRIMARY KEY, minus float8, nan float8, small float8, number numeric, huge numeric, never timestamptz, day date,
    span interval, bytes bytea, empty text, absent text, text text, quoted text[], nested int[], document jsonb, raw json,
    pair pair, net inet, bits varbit, "weird ""column" text, doubled int GENERATED ALWAYS AS (id * 0) STORED
  );
  GRANT SELECT ON odd TO runtime;`;

function oddRows(id: number): string {
  return `INSERT INTO odd VALUES (
    ${id}, '-0', 'NaN', 4.9e-324, 'NaN', repeat('9', 1000)::numeric / 7, 'infinity', '4713-01-01 BC',
    '-1 year 3 days -00:00:00.000001', '\\x00ff5c0a'::bytea, '', NULL, E'\\\\N\\t\\n\\r\\b\\\\.\\u{1F600}' || chr(1),
    ARRAY[NULL, 'NULL', '', '{}', E'a"b\\\\c,'], '[0:1]={1,2}', '{"a": [1.10, -0, null], "": "\\u0001"}',
    '{"b":1, "a":2,  "b":3}', ROW('a,"b', 1.10)::pair, '2001:db8::/32', B'101', 'x')`.replace(
    "\\u{1F600}",
    "\\U0001F600",
  );
}
