import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import { rowsOf, TestPostgres } from "../../postgres";
import { EngineRun } from "../engine-run";
import { ask, fails, onceReleased, remembered } from "./faults";
import { contentOf, databasesLike, mayWrite, type PostgresRelease } from "./support";

describe("Closing writes on PostgreSQL databases", function () {
  this.timeout(120_000);
  const server = new TestPostgres();
  const admin = (statement: string): Promise<readonly Record<string, unknown>[]> =>
    rowsOf(server.uri("postgres"), statement);
  const limitOf = (database: string): Promise<unknown> =>
    admin(`SELECT datconnlimit FROM pg_database WHERE datname = '${database}'`);
  const ownWrite = "ALTER ROLE runtime SET default_transaction_read_only";

  it("N10, N15: `connections`: nobody but administrators may connect meanwhile; the limit that was set comes back", async () => {
    const spec = await onceReleased(server, "limited");
    await admin("ALTER DATABASE limited CONNECTION LIMIT 17");
    const uri = { kind: "value", value: server.uri("postgres") } as const;
    const byLimit = { ...spec, store: { ...spec.store, uri, closeWrites: "connections" as const } };
    const run = new EngineRun({ do: "release", spec: byLimit }, processor);
    await run.inPlace();
    await assert.rejects(rowsOf(server.uri("reader", "limited"), "SELECT 1"), /too many connections/);
    await ask("confirm", byLimit);
    assert.equal(await run.ended, true, run.said());
    assert.equal(await mayWrite(server, "limited"), true);
    assert.deepEqual(await limitOf("limited"), [{ datconnlimit: 17 }]);
  });

  it("N10: where a role lets itself write, and the release's user is no administrator, every way is refused with its reason", async () => {
    const spec = await onceReleased(server, "stubborn");
    const whole = await remembered(server, spec);
    await admin(`${ownWrite} = off`);
    try {
      const said = await fails(spec);
      assert.match(
        said,
        /readOnly: found roles that set default_transaction_read_only for themselves: runtime/,
      );
      assert.match(said, /connections: found a release user who is no superuser would lock itself out/);
      assert.match(said, /scale: found/);
    } finally {
      await admin("ALTER ROLE runtime RESET default_transaction_read_only");
    }
    await whole();
  });

  describe("and opening them before the roll-out", () => {
    const early = (spec: PostgresRelease): PostgresRelease => ({ ...spec, reopen: "before-rollout" });

    it("N16: a roll-out that fails takes the data back where nobody wrote to it", async () => {
      const spec = early(await onceReleased(server, "unread"));
      const whole = await remembered(server, spec);
      const run = new EngineRun({ do: "release", spec }, processor);
      await run.inPlace();
      assert.equal(await mayWrite(server, "unread"), true);
      run.signs.give("the roll-out failed");
      assert.equal(await run.ended, false);
      assert.equal(run.last("closed").record.outcome, "rolled-back", run.said());
      await whole();
    });

    it("40: and leaves it in place, with the tables named, where users wrote", async () => {
      const spec = early(await onceReleased(server, "written"));
      const run = new EngineRun({ do: "release", spec }, processor);
      await run.inPlace();
      await rowsOf(server.uri("runtime", "written"), "INSERT INTO project (name) VALUES ('new')");
      const content = await contentOf(server, "written");
      run.signs.give("the roll-out failed");
      assert.equal(await run.ended, false);
      const { outcome, reason } = run.last("closed").record;
      assert.equal(outcome, "failed");
      assert.match(reason ?? "", /the roll-out failed; .*written\.public\.project: .*1 rows added/s);
      assert.deepEqual(await contentOf(server, "written"), content);
      assert.equal(await mayWrite(server, "written"), true);
      assert.deepEqual(await databasesLike(server, "written"), ["written", "written__old_2"]);
    });
  });
});
