import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import { rowsOf } from "../../postgres";
import { EngineRun } from "../engine-run";
import { ask, disturbed, onceReleased, remembered } from "./faults";
import { ReplicatedPostgres } from "./standby";

/** Whatever was said to be committed, the standby has. */
describe("A standby that takes over during a PostgreSQL release", function () {
  this.timeout(180_000);
  const server = new ReplicatedPostgres();

  for (const at of ["before stage", "after stage", "before swap", "after swap"])
    it(`16: ${at}: everything is as it was`, async () => {
      const spec = await onceReleased(server, `over ${at}`);
      const whole = await remembered(server, spec);
      await server.addStandby();
      await disturbed(spec, at, () => server.failOver());
      await whole();
    });

  it("16: in place: the release is confirmed where it was carried on, and users write to the new version", async () => {
    const spec = await onceReleased(server, "over in place");
    await server.addStandby();
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    await server.failOver();
    await ask("confirm", spec);
    assert.equal(await run.ended, true, run.said());
    assert.equal(run.last("closed").record.outcome, "released");
    const uri = server.uri("runtime", "over in place");
    await rowsOf(uri, "INSERT INTO project (name) VALUES ('after')");
    const old = await rowsOf(uri, "SELECT FROM project WHERE state = 'old'");
    assert.equal(old.length, 10);
  });
});
