import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processor } from "../../../lib/data/conductor/processor";
import { verifyOffline } from "../../../lib/data/verify/verify-proof";
import { TestPostgres } from "../../postgres";
import { scratch } from "../../scratch";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import { contentOf, databasesLike, firstRelease, makeDatabases, migrationList } from "./support";

const step = "1.0.0-to-2.0.0";

describe("PostgreSQL databases at the edges of a release", function () {
  this.timeout(120_000);
  const server = new TestPostgres();

  function dumpOf(database: string, format: "plain" | "custom"): string {
    const file = join(scratch("dumps"), `${database}.${format}`);
    const uri = server.uri("postgres", database);
    const args = [`--format=${format}`, "--file", file, "--dbname", uri];
    const { status, stderr } = spawnSync("pg_dump", args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return file;
  }

  it("A11: loads two dumps into databases that are not there yet, all or none", async () => {
    await makeDatabases(server, "src_one", "src_two");
    const load = { new_one: dumpOf("src_one", "plain"), new_two: dumpOf("src_two", "custom") };
    const list = migrationList({ [`${step}/migration.yaml`]: "kind: empty\nreason: nothing to do\n" });
    const spec = firstRelease(server, ["new_one", "new_two"], list, { load });
    await releaseAndConfirm(spec, processor);
    assert.deepEqual(await contentOf(server, "new_one"), await contentOf(server, "src_one"));
    assert.deepEqual(await contentOf(server, "new_two"), await contentOf(server, "src_two"));
  });

  it("A11: refuses a dump that holds nothing, and leaves no database behind", async () => {
    const empty = join(scratch("dumps"), "empty.sql");
    writeFileSync(empty, "-- nothing\n");
    const list = migrationList({ [`${step}/migration.yaml`]: "kind: empty\nreason: nothing to do\n" });
    const spec = firstRelease(server, ["none_one"], list, { load: { none_one: empty } });
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.ended;
    assert.match(run.said(), /found a dump that holds no table/);
    assert.deepEqual(await databasesLike(server, "none_"), []);
  });

  it("8: a dump is checked offline, and a file of it that was changed is found", async () => {
    await makeDatabases(server, "vo_one");
    const list = migrationList({
      [`${step}/migration.yaml`]: "kind: sql\n",
      [`${step}/01.sql`]: "UPDATE project SET state = 'seen';",
    });
    const first = firstRelease(server, ["vo_one"], list);
    await releaseAndConfirm(first, processor);
    const run = await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const folder = join(first.dump.keep, run.last("closed").record.id);
    assert.deepEqual(await verifyOffline(join(folder, "proof.json")), []);
    const file = readdirSync(join(folder, "vo_one")).find((name) => name.endsWith(".gz")) ?? "";
    appendFileSync(join(folder, "vo_one", file), "x");
    const [problem] = await verifyOffline(join(folder, "proof.json"));
    assert.equal(problem?.where, join("vo_one", file));
  });
});
