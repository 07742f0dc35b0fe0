import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import { rowsOf, TestPostgres } from "../../postgres";
import { EngineRun, nextOf } from "../engine-run";
import { fails, onceReleased, plainStep, remembered, step } from "./faults";

/** Steps that are wrong, never end, or find everything wrong. */
describe("Faults of PostgreSQL migrations", function () {
  this.timeout(120_000);
  const server = new TestPostgres();
  const admin = (statement: string): Promise<readonly Record<string, unknown>[]> =>
    rowsOf(server.uri("postgres"), statement);

  it("20: a statement that never ends is stopped when the release shall not go on", async () => {
    const spec = await onceReleased(server, "endless", {
      [`${step}/01.sql`]: "UPDATE project SET state = 'x'; SELECT pg_sleep(3600);",
    });
    const whole = await remembered(server, spec);
    const run = new EngineRun({ do: "release", spec }, processor);
    const asleep = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname LIKE 'endless%'";
    while ((await admin(asleep)).length === 0) assert.equal(run.has("failed"), false, run.said());
    run.signs.give("somebody pressed Ctrl-C");
    assert.equal(await run.ended, false);
    assert.match(run.said(), /somebody pressed Ctrl-C/);
    assert.deepEqual(await admin(asleep), []);
    await whole();
  });

  it("24: a version that no step leads to, and an older one without originals, name what is legal", async () => {
    const spec = await onceReleased(server, "versions");
    const whole = await remembered(server, spec);
    assert.match(await fails(nextOf(spec, "9.0.0")), /allowed: 1\.0\.0, 2\.0\.0/);
    assert.match(await fails(nextOf(spec, "0.9.0")), /an older version than the data has/);
    await whole();
  });

  it("27: of a check that finds everything the report stays bounded, and says which check and which rows", async () => {
    const spec = await onceReleased(server, "all", {
      ...plainStep,
      [`${step}/checks/none.sql`]: "SELECT n FROM generate_series(1, 200000) n",
    });
    const run = new EngineRun({ do: "release", spec }, processor);
    assert.equal(await run.ended, false);
    assert.match(run.said(), /all, row \{"n": 1\}: .*none\.sql/);
    assert.ok(run.last("failed").problems.length <= 1_000, String(run.last("failed").problems.length));
  });

  it("28: a check that is no query is refused by its file, before writes are closed", async () => {
    const spec = await onceReleased(server, "no-query", {
      ...plainStep,
      [`${step}/checks/broken.sql`]: "SELECT nothing FROM nowhere",
    });
    const whole = await remembered(server, spec);
    assert.match(await fails(spec), /checks\/broken\.sql.*relation "nowhere" does not exist/);
    await whole();
  });

  it("32: a unique index that the migrated rows would break is named, and the old data stays", async () => {
    const spec = await onceReleased(server, "unique", {
      [`${step}/01.sql`]: "ALTER TABLE project ADD UNIQUE (name);\nUPDATE project SET name = 'same';",
    });
    const whole = await remembered(server, spec);
    assert.match(
      await fails(spec),
      /01\.sql.*duplicate key value violates unique constraint "project_name_key".*\(name\)=\(same\)/,
    );
    await whole();
  });
});
