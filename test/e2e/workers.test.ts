import { strict as assert } from "node:assert";
import { join } from "node:path";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import { makeEngineImage } from "../../tools/images/engine/engine-image";
import { makeSharedVolume } from "../../tools/workers/shared-volume";
import { embeddedState } from "../embedded";
import { Nmdc, releases, succeeds } from "./nmdc";

const name = "workers";
const claim = "nmdc-workers";

/** Pods of the real node migrate NMDC's documents by NMDC's own migrators in Python, which are in the engine's image. */
describe("a release of NMDC Runtime whose documents pods migrate", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;
  let byPods: ReleaseRecordData;
  let image: { readonly repository: string; readonly digest: string };

  before(async function () {
    nmdc = await Nmdc.released(name);
    if (nmdc.environment.node === "played") {
      console.log("      skipped: workers are pods, and this machine has no real node");
      this.skip();
    }
    const { namespace } = nmdc.system;
    const core = nmdc.system.kube().makeApiClient(CoreV1Api);
    await makeSharedVolume(core, { namespace, claim, folder: join(embeddedState, "dumps", name) });
    const { schema } = releases.second;
    image = await makeEngineImage(nmdc.environment.registry, [{ package: "nmdc-schema", version: schema }]);
  });

  /** Plans NMDC's second release, done by pods. */
  async function planSpread(): Promise<void> {
    nmdc.system.plan(await nmdc.images(releases.second));
    nmdc.system.set(["images", "engine"], { ...image, tag: "v1.0.0" });
    nmdc.system.set(["data", "execution"], {
      kind: "kubernetes",
      workers: 2,
      image: "engine",
      claim,
      resources: { cpu: "1", memory: "1Gi" },
    });
  }

  it("N16, N17: goes through, by pods, with the image of the workers on record; nothing of theirs is left", async () => {
    await planSpread();
    const said = succeeds(await nmdc.system.stack.up());
    assert.match(said, /237 documents, .* by 2 workers with 1 cores and 1Gi each/);
    assert.equal((await nmdc.data()).schema, releases.second.schema);
    await nmdc.assertRuns(await nmdc.images(releases.second));
    byPods = await nmdc.record();
    const engine = byPods.images.find(({ name }) => name === "engine");
    assert.ok(engine?.to.endsWith(image.digest), JSON.stringify(byPods.images));
    const { namespace } = nmdc.system;
    const jobs = await nmdc.system.kube().makeApiClient(BatchV1Api).listNamespacedJob({ namespace });
    assert.deepEqual(jobs.items, []);
  });

  it("X3: changes nothing the second time", async () => {
    succeeds(await nmdc.system.stack.up(undefined, "--expect-no-changes"));
  });

  it("N18: goes back", async () => {
    nmdc.system.plan(nmdc.first);
    succeeds(await nmdc.system.stack.up());
    await nmdc.assertFirstStands();
  });

  it("comes to the content that the engine's own process makes of the same documents", async () => {
    nmdc.system.restore();
    nmdc.system.plan(await nmdc.images(releases.second));
    succeeds(await nmdc.system.stack.up());
    assert.deepEqual((await nmdc.record()).collections, byPods.collections);
  });
});
