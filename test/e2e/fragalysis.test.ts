import { strict as assert } from "node:assert";
import { databaseName, Fragalysis, type FragalysisEnvironment } from "../../tools/examples/fragalysis";
import type { Triple } from "../../tools/examples/fragalysis-builds";
import { up } from "../../tools/environment/environment";
import { embedded, embeddedState } from "../embedded";
import { FragalysisSeen, isReady, readySince } from "./fragalysis-seen";
import { failsWith, neverReady, succeeds } from "./nmdc";

const developers: Triple = { backend: "2026.07.1", frontend: "new-viewer", stack: "alan-new-viewer" };
const moving: Triple = { backend: "latest", frontend: "latest", stack: "latest" };
const first: Triple = { backend: "2026.07.1", frontend: "2026.08.1", stack: "2026.08.1" };
const never: Triple = { backend: "2026.07.2", frontend: "2026.08.1", stack: "2026.08.2" };
const second: Triple = { backend: "2026.08.1", frontend: "2026.08.2", stack: "2026.08.3" };
const [oldSchema, newSchema] = ["2026.7.1", "2026.8.1"] as const;
const migration = "migrations/fragalysis/2026.7.1-to-2026.8.1/01-tag-categories.sql";
const workloads = ["beat", "stack", "worker"] as const;

describe("Fragalysis, a developer's, staging and production", function () {
  this.timeout(1_200_000);
  let fragalysis: Fragalysis;
  let seen: FragalysisSeen;

  before("three environments, each with its own namespace and database", async function () {
    await embedded();
    const environment = await up({ state: embeddedState, postgresql: true });
    fragalysis = await Fragalysis.create(environment, embeddedState);
    seen = new FragalysisSeen(fragalysis);
    const { builds } = fragalysis;
    for (const tag of [moving.backend, first.backend]) await builds.backend(tag, oldSchema);
    for (const tag of [developers.frontend, moving.frontend, first.frontend, second.frontend])
      await builds.frontend(tag);
    await builds.backend(never.backend, newSchema, { kind: "never-ready" });
    await builds.backend(second.backend, newSchema);
    for (const triple of [first, never, second]) builds.stack(triple);
  });

  it("X1: the example's own file names no image yet, and is refused by name", async () => {
    failsWith(
      await fragalysis.operator.slipway("check", "alan"),
      /X1 [^]*zeros, which stand for no image yet/,
    );
  });

  it("F14: a namespace that is not the developer's own is refused", async () => {
    await fragalysis.pinned("alan", developers, oldSchema);
    fragalysis.edit("alan", (file) => {
      file.set(["cluster", "namespace"], "stack-alan-9");
    });
    failsWith(await fragalysis.operator.slipway("check", "alan"), /F14 [^]*stack-alan-9/);
    fragalysis.edit("alan", (file) => {
      file.set(["cluster", "namespace"], "stack-alan-default");
    });
  });

  it("F1, F6, F10, F14: a developer's own: a backend's tag and a frontend's branch, shown as moving, in one image", async () => {
    const { output } = await fragalysis.operator.slipway("check", "alan");
    assert.match(output, /! F6 [^]*frontend: new-viewer, a reference that moves/);
    await fragalysis.operator.deploy("alan");
    await seen.assertRuns("alan");
    const { version, stack } = await seen.version("alan");
    assert.deepEqual({ version, stack }, { version: developers.backend, stack: developers.stack });
    assert.match(await seen.page("alan"), /frontend new-viewer/);
  });

  it("F16: staging is refused before it was refreshed from production's database, and nothing is touched", async () => {
    await fragalysis.pinned("staging", moving, oldSchema);
    failsWith(await fragalysis.operator.up("staging"), /F16 .*never tried on a copy/);
    assert.deepEqual(await fragalysis.platforms.staging.images(), {});
  });

  it("F6, F12, F16: staging follows tags that move: with a copy of production, what the trigger resolved runs", async () => {
    const { production, staging } = fragalysis.databases;
    await production.rows(
      databaseName("production"),
      "INSERT INTO viewer_target (title) VALUES ('new today')",
    );
    await fragalysis.refreshed();
    await fragalysis.operator.deploy("staging");
    await seen.assertRuns("staging");
    const copied = "SELECT FROM viewer_target WHERE title = 'new today'";
    assert.equal((await staging.rows(databaseName("staging"), copied)).length, 1);
  });

  it("X3, F5, F22: a second up is empty; a tag that is moved after the pin changes nothing: a new pod pulls the pinned digest", async () => {
    succeeds(await fragalysis.operator.up("staging", "--expect-no-changes"));
    const pinned = await seen.digests("staging");
    await fragalysis.builds.moved(moving.stack);
    const [old] = await seen.podsOf("staging", "stack");
    const { namespace } = fragalysis.platforms.staging;
    await fragalysis.platforms.staging.core().deleteNamespacedPod({ name: "stack-0", namespace });
    const [now] = await seen.podsUntil(
      "staging",
      "stack",
      ([pod]) => isReady(pod) && pod?.metadata?.uid !== old?.metadata?.uid,
    );
    assert.equal(now?.spec?.containers[0]?.imagePullPolicy, "Always");
    assert.ok(now.status?.containerStatuses?.[0]?.imageID.endsWith(pinned["stack"] ?? "?"));
    failsWith(
      await fragalysis.operator.slipway("check", "staging"),
      /F5 [^]*fragalysis-stack:latest is sha256:[0-9a-f]+ now/,
    );
  });

  it("F12: what moves is not promoted to production, whose stack file stays as it was", async () => {
    const file = fragalysis.work.read("Pulumi.production.yaml");
    failsWith(
      await fragalysis.operator.slipway("promote", "staging", "production"),
      /the tag of one release: this one moves/,
    );
    assert.equal(fragalysis.work.read("Pulumi.production.yaml"), file);
  });

  it("F10: the three tags, composed and pinned as a triple, come to staging", async () => {
    await fragalysis.pinned("staging", first, oldSchema);
    await fragalysis.operator.deploy("staging");
    await seen.assertRuns("staging");
    await assertFirstAnswers("staging");
  });

  it("F13, F14, F24: production is refused without a backup of the last hour, and in staging's namespace", async () => {
    await fragalysis.promoted();
    fragalysis.edit("production", (file) => {
      file.set(["cluster", "namespace"], "staging-stack");
    });
    const run = await fragalysis.operator.up("production");
    failsWith(run, /F24 .*no backup of fragalysis_production/, /F14 .*staging-stack/);
    fragalysis.work.git("checkout", "--", "Pulumi.production.yaml");
    assert.deepEqual(await fragalysis.platforms.production.images(), {});
  });

  it("F13, F15, F22, F24: production, with its backup: what staging ran, in production's namespace alone", async () => {
    await fragalysis.backedUp();
    const staging = await seen.podIds("staging");
    await fragalysis.operator.deploy("production");
    assert.deepEqual(await seen.digests("production"), await seen.digests("staging"));
    const [pod] = await seen.podsOf("production", "stack");
    assert.equal(pod?.metadata?.namespace, "production-stack");
    assert.equal(pod.spec?.containers[0]?.imagePullPolicy, "IfNotPresent");
    assert.deepEqual(await seen.podIds("staging"), staging);
  });

  it("X3: a second up of production changes nothing", async () => {
    succeeds(await fragalysis.operator.up("production", "--expect-no-changes"));
  });

  it("F15: what staging has not run yet is not promoted", async () => {
    await fragalysis.pinned("staging", second, newSchema);
    failsWith(
      await fragalysis.operator.slipway("promote", "staging", "production"),
      /pulumi up --stack staging, then promote/,
    );
  });

  it("F23: a migration that fails is a failure before the roll-out: no pod is touched, the old data go on", async () => {
    const good = fragalysis.work.read(migration);
    fragalysis.work.write(migration, good.replace("'Other'), ('Con", "NULL), ('Con"));
    const pods = await seen.podIds("staging");
    const run = await fragalysis.operator.up("staging");
    fragalysis.work.write(migration, good);
    failsWith(run, /null value in column "category"/);
    await seen.assertFirstDataStand("staging");
    assert.deepEqual(await seen.podIds("staging"), pods);
  });

  it("F21: a stack that never becomes ready makes the release red: data and images go back", async () => {
    const images = await seen.digests("staging");
    await fragalysis.pinned("staging", never, newSchema);
    fragalysis.edit("staging", (file) => {
      for (const name of workloads) file.set(["services", name, "readyWithin"], 15);
    });
    failsWith(await fragalysis.operator.up("staging"), neverReady("stack", 0));
    await seen.assertFirstDataStand("staging");
    assert.deepEqual(await seen.digests("staging"), images);
    await seen.podsUntil("staging", "stack", (pods) => pods.length === 1 && pods.every(isReady));
    fragalysis.edit("staging", (file) => {
      for (const name of workloads) file.set(["services", name, "readyWithin"], 120);
    });
  });

  it("F23: the next release migrates staging's data before its pods roll out, and then production's", async () => {
    await fragalysis.pinned("staging", second, newSchema);
    await fragalysis.operator.deploy("staging");
    await fragalysis.promoted();
    await fragalysis.operator.deploy("production");
    for (const environment of ["staging", "production"] as const) {
      assert.equal(await seen.categories(environment), 3);
      const { schema } = await seen.version(environment);
      assert.equal(schema, "0061_tag_category");
    }
  });

  it("F21: one image for the three, and pod after pod: the first is not touched before the second is ready", async () => {
    await seen.assertRuns("production");
    const [zero, one] = await seen.podsOf("production", "stack");
    const ready = readySince(one);
    const begun = zero?.metadata?.creationTimestamp;
    assert.ok(ready && begun && ready <= begun, `${String(ready)} before ${String(begun)}`);
  });

  it("N18: the way back of production: its former stack file, data and images; staging stays", async () => {
    fragalysis.operator.goBack("production", first.stack);
    await fragalysis.operator.deploy("production");
    await seen.assertRuns("production");
    await assertFirstAnswers("production");
    await seen.assertFirstDataStand("production");
    assert.equal(await seen.categories("staging"), 3);
    succeeds(await fragalysis.operator.up("production", "--expect-no-changes"));
  });

  async function assertFirstAnswers(environment: FragalysisEnvironment): Promise<void> {
    const { stack, version, schema } = await seen.version(environment);
    assert.deepEqual(
      { stack, version, schema },
      { stack: "2026.08.1", version: "2026.07.1", schema: "0060_tag" },
    );
  }
});
