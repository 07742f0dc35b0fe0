import { strict as assert } from "node:assert";
import { setTimeout as pause } from "node:timers/promises";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { makeEngineImage } from "../../tools/images/engine/engine-image";
import type { PlannedRelease } from "../../tools/job/system";
import { Nmdc, failsWith, printed, releases, succeeds } from "./nmdc";

const secret = "nmdc-release-mongo";
const role = "slipway.dev/role=guardian";

/** The pods of the real node are other machines than the one that runs Pulumi: they know its engine by lock and journal only. */
describe("a release of NMDC Runtime with a guardian in the cluster", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;

  before(async function () {
    nmdc = await Nmdc.released("guarded");
    if (nmdc.environment.node === "played") {
      console.log("      skipped: no container runs on a played node");
      this.skip();
    }
    const { namespace } = nmdc.system;
    const stringData = { uri: nmdc.environment.mongo.podReleaseUri };
    await nmdc.system
      .kube()
      .makeApiClient(CoreV1Api)
      .createNamespacedSecret({ namespace, body: { metadata: { name: secret }, stringData } });
    image = await makeEngineImage(nmdc.environment.registry);
  });

  let image: { readonly repository: string; readonly digest: string };

  /** Plans a release that a guardian looks after. */
  function plan(release: PlannedRelease, guardian: object = {}): void {
    nmdc.system.plan(release);
    nmdc.system.set(["images", "engine"], { ...image, tag: "v1.0.0" });
    nmdc.system.set(["data", "guardian"], {
      image: "engine",
      uri: { secret, key: "uri" },
      canary: { secret: "nmdc-runtime-mongo", key: "uri" },
      within: 3600,
      ...guardian,
    });
  }

  /** The guardian's last Job, when it has ended. */
  async function ended(): Promise<"succeeded" | "failed"> {
    const { namespace } = nmdc.system;
    const jobs = nmdc.system.kube().makeApiClient(BatchV1Api);
    for (;;) {
      const { items } = await jobs.listNamespacedJob({ namespace, labelSelector: role });
      const at = (job: (typeof items)[number]): number => job.metadata?.creationTimestamp?.getTime() ?? 0;
      const status = [...items].sort((one, other) => at(other) - at(one))[0]?.status;
      if ((status?.succeeded ?? 0) > 0) return "succeeded";
      if (status?.conditions?.some(({ type }) => type === "Failed") === true) return "failed";
      await pause(300);
    }
  }

  async function newestRecord(): Promise<{ readonly outcome: string; readonly reason: string }> {
    const [entry] = await nmdc.system.withDatabase((db) =>
      db.collection("_slipway_journal").find({ kind: "closed" }).sort({ _id: -1 }).limit(1).toArray(),
    );
    return entry?.["detail"] as { outcome: string; reason: string };
  }

  it("N15: a guardian that can't get to its post stops the release before writes are closed, and says why", async () => {
    plan(await nmdc.images(releases.second), {
      readyWithin: 10,
      uri: { secret: "nobody-made-it", key: "uri" },
    });
    const run = await nmdc.system.stack.up();
    failsWith(
      run,
      /guardian: 1 problem/,
      /secret "nobody-made-it" not found/,
      /describe job,pod -l slipway\.dev\/role=guardian/,
    );
    assert.doesNotMatch(run.output, /data: close-writes/);
    await nmdc.assertFirstStands();
  });

  it("N16: a good release ends its guardian, and a second up changes nothing", async () => {
    plan(nmdc.first);
    succeeds(await nmdc.system.stack.up());
    assert.equal(await ended(), "succeeded");
    succeeds(await nmdc.system.stack.up(undefined, "--expect-no-changes"));
    await nmdc.assertFirstStands();
  });

  it("N16: the whole runner is killed after the switch, and nobody comes: the guardian takes data and images back", async () => {
    plan(await nmdc.images({ ...releases.second, version: "v2.19.0-never-ready" }));
    const cli = nmdc.system.stack.start(["up", ...nmdc.system.stack.onStack(), "--yes", "--skip-preview"], {
      detached: true,
    });
    await printed(cli, /DataMigration nmdc-runtime updated/);
    while (!Object.values(await nmdc.system.runningImages()).some((one) => one.includes("never-ready")))
      await pause(100);
    await nmdc.system.stack.killRunner();
    assert.equal(await ended(), "succeeded");
    await nmdc.assertFirstStands();
    const { outcome, reason } = await newestRecord();
    assert.equal(outcome, "rolled-back");
    assert.match(reason, /the guardian in the cluster acts/);
    succeeds(await nmdc.system.stack.unlock());
  });

  it("N16: the next up succeeds, with a guardian of its own", async () => {
    const second = await nmdc.images(releases.second);
    plan(second);
    const output = succeeds(await nmdc.system.stack.up());
    assert.match(output, /Job slipway-guardian-job (created|replaced)/);
    assert.equal((await nmdc.data()).schema, releases.second.schema);
    await nmdc.assertRuns(second);
    assert.equal(await ended(), "succeeded");
  });
});
