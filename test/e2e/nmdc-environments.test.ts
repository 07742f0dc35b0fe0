import { strict as assert } from "node:assert";
import { failsWith, releases, succeeds } from "./nmdc";
import { NmdcChain, type NmdcEnvironment } from "./nmdc-chain";

describe("NMDC Runtime in staging and prod, by their own stack files", function () {
  this.timeout(900_000);
  let nmdc: NmdcChain;

  before(async () => {
    nmdc = await NmdcChain.create();
    nmdc.pin("staging", await nmdc.build(releases.first));
  });

  it("N1: staging is refused without a test of exactly this commit, and released with one", async () => {
    failsWith(await nmdc.stacks.staging.up(), /N1 .*v2\.18\.0|N1 /);
    assert.deepEqual(await nmdc.platforms.staging.images(), {});
    await nmdc.slipway("smoke", "staging", "runtime");
    await nmdc.released("staging");
    await assertHolds("staging", releases.first);
  });

  it("H3, F15: prod takes what staging runs, once another person approved of it", async () => {
    await nmdc.promoted();
    failsWith(await nmdc.stacks.prod.up(), /H3 /);
    await nmdc.approved();
    await nmdc.released("prod");
    await assertHolds("prod", releases.first);
  });

  it("F15: prod is refused what staging has not run", async () => {
    nmdc.pin("prod", await nmdc.build(releases.second));
    await nmdc.slipway("smoke", "prod", "runtime");
    await nmdc.approved();
    failsWith(await nmdc.stacks.prod.up(), /F15 /);
    await assertHolds("prod", releases.first);
    nmdc.work.git("checkout", "HEAD~3", "--", "Pulumi.prod.yaml");
    nmdc.work.commit("prod as it was");
  });

  it("N16, X3: code and data go through staging to prod; a second up changes nothing", async () => {
    nmdc.pin("staging", await nmdc.images(releases.second));
    await nmdc.released("staging");
    await nmdc.promoted();
    await nmdc.approved();
    await nmdc.released("prod");
    for (const name of ["staging", "prod"] as const) await assertHolds(name, releases.second);
    succeeds(await nmdc.stacks.prod.up(undefined, "--expect-no-changes"));
  });

  async function assertHolds(
    name: NmdcEnvironment,
    release: { readonly version: string; readonly schema: string },
  ): Promise<void> {
    assert.equal(await nmdc.data[name].schema(), release.schema);
    const images = Object.values(await nmdc.platforms[name].images());
    assert.equal(images.length, 3);
    for (const image of images) assert.ok(image.includes(`:${release.version}@`), image);
  }
});
