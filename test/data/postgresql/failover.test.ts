import { processor } from "../../../lib/data/conductor/processor";
import { EngineRun } from "../engine-run";
import { ask, onceReleased, remembered } from "./faults";
import { ReplicatedPostgres } from "./standby";

/** Whatever was said to be committed, the standby has. */
describe("A standby that takes over during a PostgreSQL release", function () {
  this.timeout(180_000);
  const server = new ReplicatedPostgres();

  for (const at of ["before stage", "after stage", "before swap", "after swap"])
    it(`16: ${at}: the release is taken back, and the next one goes through`, async () => {
      const spec = await onceReleased(server, `over ${at}`);
      const whole = await remembered(server, spec);
      await server.addStandby();
      const run = new EngineRun({ do: "release", spec }, processor, {
        boundary: async (name) => {
          if (name === at) await server.failOver();
        },
      });
      const isOver = await Promise.race([run.ended, run.inPlace().then(() => undefined)]).catch(() => false);
      if (isOver === undefined) run.signs.give("the test is over");
      await run.ended;
      await ask("resume", spec);
      await whole();
    });
});
