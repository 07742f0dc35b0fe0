import { strict as assert } from "node:assert";
import type { HcaEnvironment } from "../../tools/examples/hca-ingest";
import { HcaIngest } from "../../tools/examples/hca-ingest";
import type { Json } from "../../lib/content-hash";
import { embedded, embeddedState } from "../embedded";
import { all, digestIn, HcaSeen, type Images } from "./hca-seen";
import { failsWith, succeeds } from "./nmdc";

const first = { release: "d2026-11-02.1", schema: "1.0.0" } as const;
const second = { release: "d2026-11-16.1", schema: "1.1.0" } as const;
const migration = "migrations/hca-ingest/1.0.0-to-1.1.0/migration.ts";

describe("HCA Ingest, from dev through staging to prod", function () {
  this.timeout(1_200_000);
  let hca: HcaIngest;
  let seen: HcaSeen;
  let images: Images;
  let firstImages: Images;

  before("three environments, each with its own namespace and data", async () => {
    hca = await HcaIngest.create(await embedded(), embeddedState);
    seen = new HcaSeen(hca);
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

  it("H1, H2, H3, H4: staging waits for two others' approval, and for a forge that is not there; nothing is touched", async () => {
    await hca.promoted("dev", "staging");
    await hca.firstStep("staging");
    hca.work.edit("staging", (file) => {
      file.set(["gates", "override"], []);
    });
    failsWith(await hca.stacks.staging.up(), /H3 .*0 of 2 as reviewer/, /H1 /, /H2 /, /H4 /);
    hca.work.git("checkout", "--", "Pulumi.staging.yaml");
    assert.deepEqual(await hca.platforms.staging.images(), {});
  });

  it("H1, H2, H3, H4, H8: staging, approved by two, and what no forge can tell accepted by name: the same digests as dev's", async () => {
    await hca.approved("staging");
    const { output } = await hca.work.slipway(["check", "staging"]);
    for (const gate of ["H1", "H2", "H4"])
      assert.match(output, new RegExp(`! ${gate} [^]*dana[^]*no forge on the embedded environment`));
    await hca.deployed("staging");
    await seen.assertRuns("staging", images);
  });

  it("H5, H7, H20, H21, H22, H23: prod is refused before it was released, without a backup, with change sets out of order", async () => {
    await hca.promoted("staging", "prod");
    await hca.approved("prod");
    const [late, early] = ["2026-11-02", "2026-10-02"].map((order) => ({ id: order, order, author: "core" }));
    hca.work.edit("prod", (file) => {
      file.set(["gates", "override"], []);
      file.set(["gates", "evidence"], {
        backups: "echo '[]'",
        pending: `echo '${JSON.stringify([late, early])}'`,
      });
    });
    const none = (gate: string): RegExp => new RegExp(`${gate} .*no backup of ingest_prod`);
    const refusals = [/H5 /, /H7 .*no finished release/, /H23 .*2026-10-02.*after a later one/];
    failsWith(await hca.stacks.prod.up(), ...refusals, none("H20"), none("H21"), none("H22"), none("H23"));
    hca.work.git("checkout", "--", "Pulumi.prod.yaml");
    assert.deepEqual(await hca.platforms.prod.images(), {});
  });

  it("H5, H7, H8, H20, H21, H22, H23: prod, released, then deployed, with a backup that was restored: what is on staging", async () => {
    await hca.firstStep("prod");
    await hca.approved("prod");
    await hca.deployed("prod");
    await seen.assertRuns("prod", images);
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
    await seen.assertFirstStands("dev");
    assert.deepEqual(await hca.platforms.dev.images(), before);
  });

  it("N16, H17: a core that never becomes ready: data and images go back, and the old pods serve all the while", async () => {
    const never = await hca.build(
      ["ingest-core"],
      { ...second, what: "never ready" },
      { kind: "never-ready" },
    );
    hca.pin(second.release, second.schema, { ...images, ...never });
    hca.work.edit("dev", (file) => {
      file.set(["services", "ingest-core", "readyWithin"], 60);
    });
    await hca.firstStep("dev");
    const before = await hca.platforms.dev.images();
    const old = await hca.platforms.dev.podsOf("ingest-core");
    const oldValidators = await hca.platforms.dev.podsOf("ingest-validator");
    failsWith(await hca.stacks.dev.up(), /ingest-core/);
    await seen.assertFirstStands("dev");
    assert.deepEqual(await hca.platforms.dev.images(), before);
    assert.deepEqual(
      await hca.platforms.dev.podsOf("ingest-core"),
      old,
      "H17: never deleted before it is made",
    );
    // H19: it had been restarted for an ontology that went back again.
    assert.notDeepEqual(await hca.platforms.dev.podsOf("ingest-validator"), oldValidators);
    assert.deepEqual(await seen.restartedFor("dev", "ingest-validator"), digestIn(before["ontology"]));
  });

  it("H19, N16: the second release migrates the data, and its ontology restarts the validator, which did not change", async () => {
    hca.pin(second.release, second.schema, images);
    await hca.firstStep("dev");
    const oldValidators = await hca.platforms.dev.podsOf("ingest-validator");
    const oldExporters = await hca.platforms.dev.podsOf("ingest-exporter");
    await hca.deployed("dev");
    assert.deepEqual(await seen.states("dev"), { "Metadata valid": 15, Valid: 0 });
    assert.deepEqual(await seen.restartedFor("dev", "ingest-validator"), images["ontology"]?.digest);
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
      await seen.assertRuns(environment, images);
      assert.deepEqual(await seen.states(environment), { "Metadata valid": 15, Valid: 0 });
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
    assert.deepEqual(await seen.states("prod"), { "Metadata valid": 15, Valid: 0 });
    succeeds(await hca.work.slipway(["start", "prod"]));
    assert.deepEqual(await hca.platforms.prod.replicas(), before);
  });

  it("N18, H8, H19: the way back of prod: its former stack file, data and images; staging stays", async () => {
    await hca.deployed("prod");
    await seen.assertRuns("prod", firstImages);
    await seen.assertRuns("staging", images);
    // H19: its new ontology was taken back, and the validator does not keep it in its cache.
    assert.deepEqual(await seen.restartedFor("prod", "ingest-validator"), firstImages["ontology"]?.digest);
    assert.deepEqual(await seen.states("prod"), { "Metadata valid": 0, Valid: 15 });
    assert.deepEqual(await seen.states("staging"), { "Metadata valid": 15, Valid: 0 });
  });

  it("H16: an emergency: staging goes back without a forge, with a reason and somebody else's yes, and is untracked then", async () => {
    hca.goBack("staging", first.release);
    const emergency = { kind: "emergency", reason: "GitLab is down, exports are wrong", by: "dana" };
    edit("staging", { lane: { ...emergency, approver: "dana" } });
    failsWith(await hca.stacks.staging.up(), /H16 .*dana, who also makes the release/);
    assert.deepEqual(await seen.states("staging"), { "Metadata valid": 15, Valid: 0 });
    edit("staging", { lane: { ...emergency, approver: "ana" } });
    hca.work.commit("staging goes back in an emergency");
    await hca.deployed("staging");
    await seen.assertRuns("staging", firstImages);
    await seen.assertFirstStands("staging");
    edit("staging", { lane: { kind: "normal" } });
    const { output } = await hca.work.slipway(["check", "staging"]);
    assert.match(output, /H16 [^]*staging is untracked since the emergency release d2026-11-02\.1/);
  });

  /** Sets whole sections of an environment's stack file. */
  function edit(environment: HcaEnvironment, sections: Readonly<Record<string, Json>>): void {
    hca.work.edit(environment, (file) => {
      for (const [section, value] of Object.entries(sections)) file.set([section], value);
    });
  }
});
