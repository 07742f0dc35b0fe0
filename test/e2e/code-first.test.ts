import { strict as assert } from "node:assert";
import { Nmdc, failsWith, releases, succeeds } from "./nmdc";

describe("a release of NMDC Runtime whose code goes first", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;

  before(async () => {
    nmdc = await Nmdc.released("code-first");
  });

  /** What the journal says of the newest record, in its order. */
  async function journal(): Promise<readonly string[]> {
    const entries = await nmdc.system.withDatabase((db) =>
      db.collection("_slipway_journal").find().sort({ _id: 1 }).toArray(),
    );
    const said = entries.map(({ kind, step }) => `${String(kind)} ${String(step)}`.trim());
    return said.slice(said.lastIndexOf("opened"));
  }

  function assertInOrder(found: readonly string[], wanted: readonly string[]): void {
    const kept = found.filter((one) => wanted.includes(one));
    assert.deepEqual(kept, wanted, found.join("\n"));
  }

  /** In Pulumi's own account every workload is there before the data is switched. */
  function assertCodeFirst(output: string): void {
    const switched = output.search(/DataSwitch switch (updated|created)/);
    const last = [...output.matchAll(/Deployment [\w-]+-deployment updated/g)].at(-1)?.index ?? -1;
    assert.ok(last >= 0 && switched > last, output);
  }

  const steps = ["done close-writes", "done ready", "rolled-out", "intent swap", "done in-place", "closed"];

  it("N16: takes code and data back when the switched system does not answer as it must", async () => {
    nmdc.system.plan(await nmdc.images({ ...releases.second, version: "v2.19.0-lies" }));
    nmdc.system.set(["data", "order"], "code-first");
    nmdc.system.set(["verification", "within"], 5);
    failsWith(await nmdc.system.stack.up(), /runtime-api \/version/, /allowed: "v2\.19\.0-lies"/);
    await nmdc.assertFirstStands();
    assertInOrder(await journal(), ["done ready", "rolled-out", "intent swap", "done unswap", "closed"]);
    nmdc.system.restore();
  });

  it("N16: rolls the code out before the data is switched, where the stack file says so", async () => {
    const second = await nmdc.images(releases.second);
    nmdc.system.plan(second);
    nmdc.system.set(["data", "order"], "code-first");
    assertCodeFirst(succeeds(await nmdc.system.stack.up()));
    assert.equal((await nmdc.data()).schema, releases.second.schema);
    await nmdc.assertRuns(second);
    assertInOrder(await journal(), steps);
    nmdc.system.restore();
  });

  it("N18: brings the old code back before the old data, without being told", async () => {
    nmdc.system.plan(nmdc.first);
    assertCodeFirst(succeeds(await nmdc.system.stack.up()));
    assertInOrder(await journal(), steps);
    await nmdc.assertFirstStands();
  });

  it("X3: changes nothing the second time, though the edge is as usual again", async () => {
    const before = await journal();
    const output = succeeds(await nmdc.system.stack.up());
    assert.doesNotMatch(output, / (created|updated|deleted|replaced)/);
    assert.deepEqual(await journal(), before);
  });
});
