import { strict as assert } from "node:assert";
import type { HcaEnvironment } from "../../tools/examples/hca-ingest";
import { HcaIngest } from "../../tools/examples/hca-ingest";
import type { StackFile } from "../../lib/config/stack-file";
import { embedded, embeddedState } from "../embedded";
import { failsWith, succeeds } from "./nmdc";

const all = ["ingest-core", "ingest-validator", "ingest-exporter", "ontology"] as const;
const first = { release: "d2026-11-02.1", schema: "1.0.0" } as const;
const second = { release: "d2026-11-16.1", schema: "1.1.0" } as const;
const migration = "migrations/hca-ingest/1.0.0-to-1.1.0/migration.ts";
type Images = Awaited<ReturnType<HcaIngest["build"]>>;

describe("HCA Ingest, from dev through staging to prod", function () {
  this.timeout(1_200_000);
  let hca: HcaIngest;
  let images: Images;
  let firstImages: Images;

  before("three environments, each with its own namespace and data", async () => {
    hca = await HcaIngest.create(await embedded(), embeddedState);
  });

  it("H9, H13: dev: released, then deployed: a Helm release for each service, under this environment's tag", async () => {
    images = firstImages = await hca.build(all, { ...first, what: "the first" });
    hca.pin(first.release, first.schema, images);
    await hca.firstStep("dev");
    await hca.deployed("dev");
    const running = await hca.platforms.dev.images();
    assert.deepEqual(Object.keys(running).sort(), [...all].sort());
    for (const app of all) {
      assert.match(running[app] ?? "", new RegExp(`/ebi-ait/${app}:dev-${images[app]?.tag ?? ""}-.+@`));
      assert.ok(running[app]?.endsWith(images[app]?.digest ?? "?"));
    }
    const { namespace } = hca.platforms.dev;
    const core = await hca.platforms.dev.apps().readNamespacedDeployment({ name: "ingest-core", namespace });
    assert.equal(core.metadata?.labels?.["app.kubernetes.io/managed-by"], "Helm");
    assert.equal(core.metadata.annotations?.["app.gitlab.com/env"], "dev");
  });

  it("X3: a second up changes nothing", async () => {
    succeeds(await hca.stacks.dev.up(undefined, "--expect-no-changes"));
  });

  it("H15: what is in dev is not promoted to prod: staging comes between, and the stack file stays as it was", async () => {
    const before = hca.work.read("Pulumi.prod.yaml");
    failsWith(await hca.work.slipway(["promote", "dev", "prod"]), /staging → prod/);
    assert.equal(hca.work.read("Pulumi.prod.yaml"), before);
  });

  it("H3: staging is refused before two others approve of exactly this, and nothing is touched", async () => {
    await hca.promoted("dev", "staging");
    await hca.firstStep("staging");
    failsWith(await hca.stacks.staging.up(), /H3 .*0 of 2 as reviewer/);
    assert.deepEqual(await hca.platforms.staging.images(), {});
  });

  it("H3, H8: staging, approved by two: the same digests as dev's", async () => {
    await hca.approved("staging");
    await hca.deployed("staging");
    await assertRuns("staging");
  });

  it("H7: prod is refused before it was released", async () => {
    await hca.promoted("staging", "prod");
    await hca.approved("prod");
    failsWith(await hca.stacks.prod.up(), /H7 .*no finished release/);
    assert.deepEqual(await hca.platforms.prod.images(), {});
  });

  it("H7, H8, H20, H21: prod, released, then deployed, with a backup that was restored: what is on staging", async () => {
    await hca.firstStep("prod");
    await hca.approved("prod");
    await hca.deployed("prod");
    await assertRuns("prod");
    assert.match(hca.work.read("changelogs/production/changelog.md"), /core/i);
  });

  it("N12: a migration that raises leaves dev's data and images as they are", async () => {
    images = {
      ...images,
      ...(await hca.build(["ingest-core", "ontology"], { ...second, what: "the second" })),
    };
    hca.pin(second.release, second.schema, images);
    await hca.firstStep("dev");
    const good = hca.work.read(migration);
    hca.work.write(
      migration,
      good.replace("const state:", 'if (envelope["uuid"]) throw new Error("lost");\n      const state:'),
    );
    const before = await hca.platforms.dev.images();
    const run = await hca.stacks.dev.up();
    hca.work.write(migration, good);
    failsWith(run, /lost/);
    await assertFirstStands("dev");
    assert.deepEqual(await hca.platforms.dev.images(), before);
  });

  it("N16, H17: a core that never becomes ready: data and images go back, and the old pods serve all the while", async () => {
    const never = await hca.build(
      ["ingest-core"],
      { ...second, what: "never ready" },
      { kind: "never-ready" },
    );
    hca.pin(second.release, second.schema, { ...images, ...never });
    edit("dev", (file) => {
      file.set(["services", "ingest-core", "readyWithin"], 60);
    });
    await hca.firstStep("dev");
    const before = await hca.platforms.dev.images();
    const old = await hca.platforms.dev.podsOf("ingest-core");
    const oldValidators = await hca.platforms.dev.podsOf("ingest-validator");
    failsWith(await hca.stacks.dev.up(), /ingest-core/);
    await assertFirstStands("dev");
    assert.deepEqual(await hca.platforms.dev.images(), before);
    assert.deepEqual(
      await hca.platforms.dev.podsOf("ingest-core"),
      old,
      "H17: never deleted before it is made",
    );
    // H19: it had been restarted for an ontology that went back again.
    assert.notDeepEqual(await hca.platforms.dev.podsOf("ingest-validator"), oldValidators);
    assert.deepEqual(await restartedFor("ingest-validator"), digestIn(before["ontology"]));
  });

  it("H19, N16: the second release migrates the data, and its ontology restarts the validator, which did not change", async () => {
    hca.pin(second.release, second.schema, images);
    await hca.firstStep("dev");
    const oldValidators = await hca.platforms.dev.podsOf("ingest-validator");
    const oldExporters = await hca.platforms.dev.podsOf("ingest-exporter");
    await hca.deployed("dev");
    assert.deepEqual(await states("dev"), { "Metadata valid": 15, Valid: 0 });
    assert.deepEqual(await restartedFor("ingest-validator"), images["ontology"]?.digest);
    assert.notDeepEqual(await hca.platforms.dev.podsOf("ingest-validator"), oldValidators);
    assert.equal((await hca.platforms.dev.podsOf("ingest-exporter")).length, oldExporters.length);
  });

  it("H8, H15: the second release goes on through staging to prod, each with its data", async () => {
    await hca.promoted("dev", "staging");
    await hca.firstStep("staging");
    await hca.approved("staging");
    await hca.deployed("staging");
    await hca.promoted("staging", "prod");
    await hca.firstStep("prod");
    await hca.approved("prod");
    await hca.deployed("prod");
    for (const environment of ["staging", "prod"] as const) {
      await assertRuns(environment);
      assert.deepEqual(await states(environment), { "Metadata valid": 15, Valid: 0 });
    }
    succeeds(await hca.stacks.prod.up(undefined, "--expect-no-changes"));
  });

  it("H24: the red button stops every Deployment of prod and no store; a release waits until prod is started again", async () => {
    await hca.platforms.prod.addStore("redis", (await hca.platforms.prod.images())["ontology"] ?? "");
    const before = await hca.platforms.prod.replicas();
    succeeds(await hca.work.slipway(["stop", "prod", "--reason", "wrong data are being exported"]));
    assert.deepEqual(
      await hca.platforms.prod.replicas(),
      Object.fromEntries(Object.keys(before).map((name) => [name, name === "redis" ? 1 : 0])),
    );
    hca.goBack("prod", first.release);
    failsWith(await hca.stacks.prod.up(), /H3 .*that has changed since/, /H6 /);
    await hca.approved("prod");
    failsWith(await hca.stacks.prod.up(), /the red button is pressed/, /wrong data are being exported/);
    assert.deepEqual(await states("prod"), { "Metadata valid": 15, Valid: 0 });
    succeeds(await hca.work.slipway(["start", "prod"]));
    assert.deepEqual(await hca.platforms.prod.replicas(), before);
  });

  it("N18, H8: the way back of prod: its former stack file, data and images; staging stays", async () => {
    await hca.deployed("prod");
    await assertRuns("prod", firstImages);
    await assertRuns("staging");
    assert.deepEqual(await states("prod"), { "Metadata valid": 0, Valid: 15 });
    assert.deepEqual(await states("staging"), { "Metadata valid": 15, Valid: 0 });
  });

  function edit(environment: HcaEnvironment, change: (file: StackFile) => void): void {
    hca.work.edit(environment, change);
  }

  /** Every workload runs what was built; last, where nothing else is said. */
  async function assertRuns(environment: HcaEnvironment, built: Images = images): Promise<void> {
    const running = await hca.platforms[environment].images();
    for (const app of all) assert.equal(digestIn(running[app]), built[app]?.digest, app);
  }

  /** The data of the first release is whole and open to an ordinary user. */
  async function assertFirstStands(environment: HcaEnvironment): Promise<void> {
    await hca.data[environment].settled();
    assert.deepEqual(await states(environment), { "Metadata valid": 0, Valid: 15 });
    await hca.data[environment].asUser((db) =>
      db.collection("project").updateOne({ uuid: "none" }, { $set: { name: "a" } }),
    );
  }

  /** The image of the ontology that a service of dev was restarted for last. */
  async function restartedFor(name: string): Promise<string | undefined> {
    const { namespace } = hca.platforms.dev;
    const { spec } = await hca.platforms.dev.apps().readNamespacedDeployment({ name, namespace });
    return spec?.template.metadata?.annotations?.["slipway.dev/restarted-for-ontology"];
  }

  async function states(environment: HcaEnvironment): Promise<Readonly<Record<string, number>>> {
    return hca.data[environment].withDatabase(async (db) => {
      const count = (submissionState: string): Promise<number> =>
        db.collection("submissionEnvelope").countDocuments({ submissionState });
      return { "Metadata valid": await count("Metadata valid"), Valid: await count("Valid") };
    });
  }
});

function digestIn(image: string | undefined): string | undefined {
  return image?.split("@")[1];
}
