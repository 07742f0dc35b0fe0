import assert from "node:assert/strict";
import { type Build, HcaWorld } from "./hca-world";
import type { Judged } from "./judged";
import { putOnRecord } from "./on-record";

const day = 24 * 3_600_000;
const ago = (days: number): string => new Date(Date.now() - days * day).toISOString();
const add = (gates: string): Readonly<Record<string, string>> => ({ "add: []": `add: [${gates}]` });

const rules = "H1, H2, H3, H5, H6, H7, H8, H9, H12, H22";
const green = {
  "Unit Test": "success",
  Build: "success",
  "Deploy dev": "success",
  "Integration dev": "success",
  "Deploy staging": "success",
  "Integration staging": "success",
};

describe("slipway check on HCA Ingest, the program", function () {
  // Time for the first build of the registry, where the cache has none yet.
  this.timeout(600_000);

  let world: HcaWorld;
  let build: Build;
  let good: Judged;
  let bad: Judged;

  before(async () => {
    world = await HcaWorld.start();
    build = await world.build("a feature");
    world.pipeline(build, green);
    for (const environment of ["dev", "staging"]) await world.ran(environment, ago(2), build);
    const keys = { wanda: world.place.key("wanda"), tom: world.place.key("tom") };
    world.place.write("Pulumi.prod.yaml", world.stackFile("prod", build));
    await told(["release", "prod"]);
    const released = world.place.read("Pulumi.prod.yaml");
    world.place.project.commit("dcp-12 a feature to prod", { "Pulumi.prod.yaml": released });
    world.mergeRequest("dcp-12 a feature to prod", "master", "ana", ["cleo", "dora"]);
    await told(["approve", "prod", "--as", "wrangler", "--by", "wanda@example.org", "--key", keys.wanda]);
    await told(["approve", "prod", "--as", "team", "--by", "tom@example.org", "--key", keys.tom]);
    backups([{ at: ago(0), bytes: 4711 }]);
    good = await world.place.check("prod", released, add(rules));

    // Another build: red, approved by its own author, merged elsewhere, never released, from a deployment branch of dev.
    const other = await world.build("a mistake");
    world.pipeline(other, { ...green, "Unit Test": "failed", "Integration staging": "failed" });
    const short = other.commit.slice(0, 8);
    const tagged = `tag: "staging-${short}-20-11-2026.1795165200", digest`;
    const wrong = world.stackFile("prod", other).replace(`tag: "${short}", digest`, tagged);
    world.place.project.git("checkout", "--quiet", "-b", "dev");
    world.place.project.commit("fix", { "Pulumi.prod.yaml": wrong });
    world.mergeRequest("fix", "dev", "ana", ["ana", "cleo"]);
    backups([]);
    bad = await world.place.check("prod", wrong, add(rules));
  });
  after(() => world.stop());

  async function told(args: readonly string[]): Promise<void> {
    const { code, out, error } = await world.place.slipway(args);
    assert.equal(code, 0, out + error);
  }
  function backups(all: readonly { readonly at: string; readonly bytes: number }[]): void {
    const hash = `sha256:${"1".repeat(64)}`;
    const told = all.map((one) => ({ store: "ingest", name: "2026-11-21T00_00.tar.gz", hash, ...one }));
    world.place.write("../backups.json", JSON.stringify(told));
  }

  it("H1: a merge request to master with its ticket passes; one to dev is refused, without a ticket it is shown", () => {
    good.says("H1", "pass", /change to master/);
    bad.says("H1", "refuse", /a change to dev/);
    bad.says("H1", "refuse", /dcp-<ticket>/);
  });
  it("H0, H2: the commit's Unit Test and Build pass, whatever its other jobs said; a failed one is refused", async () => {
    good.says("H2", "pass", /Unit Test.*Build/);
    bad.says("H2", "refuse", /Unit Test.* failed for/);
    // Which jobs count is each service's own to say.
    const own = { ...add("H2"), "workflows: [Unit Test, Build]": "workflows: [Deploy dev]" };
    const other = await world.place.check("prod", world.stackFile("prod", build), own);
    other.says("H2", "pass", /Deploy dev/);
  });
  it("H3: two others' approvals pass; the author's own does not count", () => {
    good.says("H3", "pass", /cleo/);
    bad.says("H3", "refuse", /1 of 2 as reviewer.*ana is the author/);
  });
  it("H5: staging's jobs and a wrangler's word pass; a failed integration and nobody asked are refused", () => {
    good.says("H5", "pass", /Integration staging.*success/);
    good.says("H5", "pass", /wanda/);
    bad.says("H5", "refuse", /Integration staging.*failure/);
    bad.says("H5", "refuse", /0 of 1 as wrangler/);
  });
  it("H6: the team's word on exactly this passes; on another build it is refused", () => {
    good.says("H6", "pass", /tom/);
    bad.says("H6", "refuse", /0 of 1 as team.*tom approved/);
  });
  it("H7: what `slipway release` tagged passes; what it never saw is refused with the command", () => {
    good.says("H7", "pass", /released/);
    bad.says("H7", "refuse", /slipway release prod/);
  });
  it("H9: an image with a tag for prod passes; one that was tagged for staging is refused", () => {
    good.says("H9", "pass", /prod-[0-9a-f]{8}-/);
    bad.says("H9", "refuse", /staging-/);
  });
  it("H8: what runs on staging passes; what it never ran is refused", () => {
    good.says("H8", "pass", /staging/);
    bad.says("H8", "refuse", /core/);
  });
  it("H12: the deployment's config of master passes, with its commit; that of dev is refused", () => {
    good.says("H12", "pass", /deployment config [0-9a-f]{8} of master/);
    bad.says("H12", "refuse", /branch dev/);
  });
  it("H22: a backup whose restore is written down passes; no backup is refused", () => {
    good.says("H22", "pass", /mongorestore --drop of 2026-11-21T00_00\.tar\.gz/);
    bad.says("H22", "refuse", /no backup of ingest/);
  });

  it("H4: staging takes what was deployed and integrated in dev; a failed integration there is refused", async () => {
    const staging = world.stackFile("staging", build);
    (await world.place.check("staging", staging, add("H4"))).says("H4", "pass", /Integration dev.*success/);
    const red = await world.build("not in dev");
    world.pipeline(red, { ...green, "Integration dev": "failed" });
    const refused = await world.place.check("staging", world.stackFile("staging", red), add("H4"));
    refused.says("H4", "refuse", /Integration dev.*failure/);
  });

  it("H4: a pipeline that still runs is waited for, and so is a GitLab that does not answer", async () => {
    const slow = await world.build("still running");
    world.pipeline(slow, { ...green, "Integration dev": "running" });
    const running = await world.place.check("staging", world.stackFile("staging", slow), add("H4"));
    running.says("H4", "waiting", /Integration dev.*pending/);
    for (const status of [401, 429, 500]) {
      world.gitlab.fault = () => ({ status, body: "{}" });
      const blind = await world.place.check("staging", world.stackFile("staging", build), add("H2, H3, H4"));
      for (const id of ["H2", "H3", "H4"]) blind.says(id, "waiting", new RegExp(String(status)));
      assert.equal(blind.ran.code, 1);
    }
    world.gitlab.fault = undefined;
  });

  it("H16: an emergency with another approver passes, and is untracked until the next normal release; its own approver is refused", async () => {
    const emergency = (approver: string): Readonly<Record<string, string>> => ({
      ...add("H3, H16"),
      "kind: normal": `kind: emergency, reason: GitLab is down, by: olga, approver: ${approver}`,
    });
    const own = await world.place.check("prod", world.stackFile("prod", build), emergency("olga"));
    own.says("H16", "refuse", /olga, who also makes the release/);
    const approved = await world.place.check("prod", world.stackFile("prod", build), emergency("paul"));
    approved.says("H16", "pass", /approved by paul/);
    approved.setAside("H3");
    const lane = { kind: "emergency", reason: "GitLab is down", by: "olga", approver: "paul" } as const;
    await putOnRecord(world.place.folder, "prod", ago(1), {}, lane);
    const next = await world.place.check("prod", world.stackFile("prod", build), add("H16"));
    next.says("H16", "warn", /untracked since the emergency release/);
  });

  it("H25: a secret that is there passes, and is not shown; one that is not set, empty or the word null is refused", async () => {
    const judged = (env: Readonly<Record<string, string>>): Promise<Judged> =>
      world.place.check("staging", world.stackFile("staging", build), add("H25"), env);
    const there = await judged({ MONGO_URI: "mongodb://release:hunter2@db.example.org/" });
    there.says("H25", "pass", /the environment variable MONGO_URI/);
    assert.ok(!there.ran.out.includes("hunter2"), "X5");
    (await judged({})).says("H25", "refuse", /MONGO_URI is not set/);
    (await judged({ MONGO_URI: "null" })).says("H25", "refuse", /MONGO_URI is the word null/);
  });
});
