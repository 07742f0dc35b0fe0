import { strict as assert } from "node:assert";
import type { PulumiRun } from "../../tools/job/pulumi-stack";
import { embeddedState } from "../embedded";
import { Nmdc, releases, succeeds } from "./nmdc";
import { seen } from "./untouched";

describe("pulumi preview of a release of NMDC Runtime", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;

  before(async () => {
    nmdc = await Nmdc.released("preview");
  });

  const changesNothing = async (run: () => Promise<PulumiRun>): Promise<string> => {
    const before = await seen(nmdc.system, embeddedState);
    const output = succeeds(await run());
    assert.deepEqual(await seen(nmdc.system, embeddedState), before);
    return output;
  };

  it("X2: writes to no database, cluster, registry or file, and says what would change", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    const output = await changesNothing(() => nmdc.system.stack.preview());
    assert.match(output, /PinnedImage fastapi update/);
    assert.match(output, /12 of 237 documents would change/);
    assert.match(output, /study_set: 11 changed/);
  });

  it("X2: writes nothing either where it says what is wrong", async () => {
    nmdc.system.plan({ ...(await nmdc.images(releases.second)), schema: "99.0.0" });
    const before = await seen(nmdc.system, embeddedState);
    const { output } = await nmdc.system.stack.preview();
    assert.match(output, /nmdc-schema 11\.23\.0 to 99\.0\.0/);
    assert.deepEqual(await seen(nmdc.system, embeddedState), before);
  });

  it("X2: of a way back writes nothing", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    succeeds(await nmdc.system.stack.up());
    nmdc.system.plan(nmdc.first);
    const output = await changesNothing(() => nmdc.system.stack.preview());
    assert.match(output, /schema 11\.24\.0 → 11\.23\.0/);
  });

  it("X3: a second up of the same stack file changes nothing outside Pulumi's own state, and opens no record", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    const outside = async (): Promise<object> => ({
      ...(await seen(nmdc.system, embeddedState)),
      pulumi: {},
    });
    const before = await outside();
    const output = succeeds(await nmdc.system.stack.up(undefined, "--expect-no-changes"));
    assert.match(output, /^Resources:\n +\d+ unchanged$/m);
    assert.deepEqual(await outside(), before);
  });
});
