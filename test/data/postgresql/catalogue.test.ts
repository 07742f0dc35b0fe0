import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { processor } from "../../../lib/data/conductor/processor";
import { rowsOf, TestPostgres } from "../../postgres";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import { catalogueOf } from "./catalogue";
import { contentOf, databasesLike, firstRelease, makeDatabase, migrationList } from "./support";

const everyObject = readFileSync(join(__dirname, "every-object.sql"), "utf8");

describe("PostgreSQL: what the catalogue holds", function () {
  this.timeout(120_000);
  const server = new TestPostgres();
  const migrations = migrationList({
    "1.0.0-to-2.0.0/01.sql": `INSERT INTO parent VALUES (99); UPDATE studies SET code = 'new' WHERE id = 1;`,
  });
  const admin = (statement: string, database = "postgres"): Promise<unknown> =>
    rowsOf(server.uri("postgres", database), statement);

  it("42: comes back equal: owners, privileges, sequences, enums, extensions, large objects, comments, row security, defaults, partitions, materialised views", async () => {
    await makeDatabase(server, "every-object", everyObject);
    await rowsOf(
      server.uri("owner"),
      `ALTER DATABASE "every-object" SET search_path = public, "Mixed Case";
       ALTER DATABASE "every-object" SET statement_timeout = '1h';
       ALTER DATABASE "every-object" CONNECTION LIMIT 17;
       REVOKE CONNECT, TEMPORARY ON DATABASE "every-object" FROM PUBLIC;
       GRANT CONNECT ON DATABASE "every-object" TO runtime;
       GRANT CONNECT, TEMPORARY ON DATABASE "every-object" TO reader;
       COMMENT ON DATABASE "every-object" IS 'One of everything'`,
    );
    const spec = firstRelease(server, ["every-object"], migrations);
    const [catalogue, content] = [
      await catalogueOf(server, "every-object"),
      await contentOf(server, "every-object"),
    ];
    await releaseAndConfirm(spec, processor);
    await releaseAndConfirm(nextOf(spec, "2.0.0"), processor);
    assert.equal((await databasesLike(server, "every-object__old_")).length, 1, "it was swapped");
    assert.deepEqual((await catalogueOf(server, "every-object")).split("\n"), catalogue.split("\n"));
    const after = await contentOf(server, "every-object");
    const differ = Object.keys(after).filter((table) => after[table] !== content[table]);
    assert.deepEqual(differ, ["public.parent", "public.studies"]);
    assert.deepEqual(Object.keys(after), Object.keys(content));
  });

  it("42: a materialised view shows the migrated data; a sequence goes on where it was", async () => {
    const [row] = await rowsOf<{ total: number; next: number }>(
      server.uri("owner", "every-object"),
      "SELECT (SELECT total FROM on_counts)::int AS total, nextval('ticket')::int AS next",
    );
    assert.equal(row?.total, 45);
    assert.ok(row.next > 18);
  });

  it("foreign tables are refused by the plan, each by its name, and nothing is touched", async () => {
    await makeDatabase(server, "foreign");
    await admin(
      `CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
       CREATE FOREIGN TABLE words (word text) SERVER files OPTIONS (filename '/etc/hostname');
       CREATE FOREIGN TABLE lines (line text) SERVER files OPTIONS (filename '/etc/hostname')`,
      "foreign",
    );
    const run = new EngineRun(
      { do: "release", spec: firstRelease(server, ["foreign"], migrations) },
      processor,
    );
    assert.equal(await run.ended, false);
    assert.match(run.said(), /words/);
    assert.match(run.said(), /lines/);
    assert.match(run.said(), /foreign table/);
    assert.deepEqual(await databasesLike(server, "foreign_"), []);
  });

  it("settings of a role in the database, which only an administrator may set, are refused by the plan", async () => {
    await makeDatabase(server, "role-setting");
    await admin(`ALTER ROLE reader IN DATABASE "role-setting" SET work_mem = '7MB'`);
    const run = new EngineRun(
      { do: "release", spec: firstRelease(server, ["role-setting"], migrations) },
      processor,
    );
    assert.equal(await run.ended, false);
    assert.match(run.said(), /role-setting: found settings of the role reader/);
    assert.deepEqual(await databasesLike(server, "role-setting__"), []);
  });
});
