import assert from "node:assert/strict";
import { imageType, indexType } from "../evidence/registry-fixture";
import { FragalysisWorld, former, released } from "./fragalysis-world";
import type { Judged } from "./judged";

const day = 24 * 3_600_000;
const ago = (days: number): string => new Date(Date.now() - days * day).toISOString();

const rules = "F1, F2, F3, F4, F6, F7, F8, F9, F10, F12, F13, F15, F17, F18, F20";
const add = (gates: string): Readonly<Record<string, string>> => ({ "add: []": `add: [${gates}]` });

describe("slipway check on Fragalysis, the program", function () {
  // Time for the first build of the registry, where the cache has none yet.
  this.timeout(600_000);

  let world: FragalysisWorld;
  let good: Judged;
  let bad: Judged;

  before(async () => {
    world = await FragalysisWorld.start();
    await world.ran("prod", ago(9), former);
    await world.ran("staging", ago(2), released);
    for (const name of ["backend", "frontend", "stack"] as const) world.ci(name, released[name], "success");
    tell("Release 2026.11.1", ["ana"], "push to production");
    page("2026.11.1");
    good = await world.place.check("prod", world.stackFile("prod"), add(rules));

    // Nothing of this release is as it should be.
    const wrong = { backend: "2026.11.2", frontend: "2026.11.1", stack: "2026.11.0" };
    await world.tag("backend", wrong.backend, released, "staging");
    await world.tag("stack", wrong.stack, released, "side");
    world.ci("backend", wrong.backend, "failure");
    tell("Release 2026.11.0", [], "Backlog");
    page("2026.11.0", "the big one");
    bad = await world.place.check("prod", world.stackFile("prod", wrong), {
      ...add(rules),
      "      tag: 2026.11.1\n": "      tag: production\n",
    });
  });
  after(() => world.stop());

  /** The release's ticket, on the board. */
  function tell(title: string, assignees: readonly string[], lane: string): void {
    const number = world.forge.issues.length + 1;
    const body = "Backend: 2026.11.1\nFrontend: 2026.11.1\n";
    const people = assignees.map((login) => world.forge.user(login));
    world.forge.issues.push(
      world.forge.make("issue", { number, id: number, title, body, assignees: people }),
    );
    const board = { id: "P", title: "Stack", lanes: ["push to production", "Backlog"], items: [] };
    if (world.forge.boards.length === 0) world.forge.boards.push(board);
    world.forge.boards[0]?.items.push({ id: `item-${number}`, issue: number, lane });
  }
  function page(tag: string, title = tag): void {
    world.forge.releases.push(world.forge.make("release", { tag_name: tag, name: title, draft: false }));
  }

  it("F1: three tags that exist pass; a tag that its repository does not have is refused", () => {
    good.says("F1", "pass", /2026\.11\.1 is [0-9a-f]{8}/);
    bad.says("F1", "refuse", /production/);
  });
  it("F2: tags of this month pass; ITERATION 0 and a branch are refused", () => {
    good.says("F2", "pass", /preferred form/);
    bad.says("F2", "refuse", /ITERATION 0/);
    bad.says("F2", "refuse", /production/);
  });
  it("F4: tags on their production branches pass; one that is only on staging's is refused, with where it is", () => {
    good.says("F4", "pass", /production/);
    bad.says("F4", "refuse", /staging/);
  });
  it("F6: tags pass in production; a branch is refused", () => {
    good.says("F6", "pass", /is a tag/);
    bad.says("F6", "refuse", /production, a reference that moves/);
  });
  it("F7: a workflow that names the pinned parts passes; another backend in it is refused", () => {
    good.says("F7", "pass", /backend 2026\.11\.1/);
    bad.says("F7", "refuse", /backend 2026\.11\.1/);
  });
  it("F9: green CI of the three, one after the other, passes; a failed one is refused", () => {
    good.says("F9", "pass", /build stack/);
    bad.says("F9", "refuse", /failed for/);
  });
  it("F10: an image whose environment names the pinned parts passes; one built from another backend is refused", () => {
    good.says("F10", "pass", /its environment names the pinned parts/);
    bad.says("F10", "refuse", /BE_IMAGE_TAG/);
  });
  it("F13: a tag on master passes; one on another branch is refused", () => {
    good.says("F13", "pass", /master/);
    bad.says("F13", "refuse", /side/);
  });
  it("F15: what ran on staging passes; what staging never had is refused", () => {
    good.says("F15", "pass", /runs in staging/);
    bad.says("F15", "refuse", /backend/);
  });
  it("F17: the ticket in its lane passes; one that nobody is assigned to, in another lane, is refused", () => {
    good.says("F17", "pass", /assigned to ana/);
    bad.says("F17", "refuse", /nobody is assigned/);
    bad.says("F17", "refuse", /in Backlog/);
    bad.says("F17", "refuse", /backend: 2026\.11\.2/);
  });
  it("F18: a page titled by its tag passes; another title is shown", () => {
    good.says("F18", "pass", /2026\.11\.1/);
    bad.says("F18", "warn", /the big one/);
  });

  it("F3: three parts pass in production; a candidate goes to staging only, and what has two parts nowhere", async () => {
    good.says("F3", "pass", /2026\.11\.1/);
    const tagged = async (environment: "staging" | "prod", tag: string): Promise<Judged> =>
      world.place.check(environment, world.stackFile(environment), {
        ...add("F3"),
        "tag: 2026.11.1\n      scheme": `tag: "${tag}"\n      scheme`,
      });
    (await tagged("prod", "2026.11.1-rc.1")).says("F3", "refuse", /2026\.11\.1-rc\.1/);
    (await tagged("staging", "2026.11.1-rc.1")).says("F3", "pass", /2026\.11\.1-rc\.1/);
    (await tagged("staging", "2.4")).says("F3", "refuse", /2\.4/);
  });

  it("F8: a part that changes passes; the parts that run already are shown, and refused where the stack file says so", async () => {
    good.says("F8", "pass", /changes backend to 2026\.11\.1/);
    const same = { ...former, stack: released.stack };
    const warned = await world.place.check("prod", world.stackFile("prod", same), add("F8"));
    warned.says("F8", "warn", /the parts of 2026\.10\.4/);
    const strict = { ...add("F8"), "limits: {}": "limits: { unchangedPins: refuse }" };
    (await world.place.check("prod", world.stackFile("prod", same), strict)).says("F8", "refuse", /parts of/);
  });

  it("F12: a moving image tag is shown on staging; a production stack file with one is refused", async () => {
    good.says("F12", "pass", /does not move/);
    const moving = { ...add("F12"), "fragalysis-stack, tag: 2026.11.1": "fragalysis-stack, tag: stable" };
    (await world.place.check("staging", world.stackFile("staging"), moving)).says(
      "F12",
      "warn",
      /stable, which moves/,
    );
    world.place.write(
      "Pulumi.prod.yaml",
      world.stackFile("prod").replace("fragalysis-stack, tag: 2026.11.1", "fragalysis-stack, tag: stable"),
    );
    const refused = await world.place.slipway(["check", "prod"]);
    assert.equal(refused.code, 1);
    assert.match(
      refused.error,
      /slipway:images\.stack\.tag: found "?stable"?; allowed: the tag of one release/,
    );
  });

  it("F20: a hot-fix of what runs in production passes; one of another release is refused with the legal tag", async () => {
    const lane = { "kind: normal": "kind: hot-fix, reason: the viewer is dark, by: olga", ...add("F20, F4") };
    const other = { ...former, stack: "2026.11.1-1" };
    await world.tag("stack", "2026.11.1-1", other, "v2-hotfix");
    const refused = await world.place.check("prod", world.stackFile("prod", other), lane);
    refused.says("F20", "refuse", /2026\.10\.4-1, since 2026\.10\.4 runs in prod/);
    const repair = { ...former, stack: "2026.10.4-1" };
    await world.tag("stack", "2026.10.4-1", repair, "v1-hotfix");
    const repaired = await world.place.check("prod", world.stackFile("prod", repair), lane);
    repaired.says("F20", "pass", /2026\.10\.4-1 repairs 2026\.10\.4/);
    repaired.says("F4", "warn", /v1-hotfix/);
    good.setAside("F20");
  });

  it("F25: counts of the image's scan are shown; more than the stack file allows is refused, and no scan waits", async () => {
    const image = world.of("stack", released.stack);
    const scan = {
      runs: [{ tool: { driver: { rules: [] } }, results: [{ ruleId: "CVE-1", level: "error" }] }],
    };
    world.place.write(
      `scans/${image.digest.replace(":", "-")}.sarif`,
      JSON.stringify({ version: "2.1.0", ...scan }),
    );
    const scanned = (limits: string, scans: string): Promise<Judged> =>
      world.place.check("prod", world.stackFile("prod"), {
        ...add("F25"),
        "limits: {}": `limits: { vulnerabilities: ${limits} }, evidence: { scans: ${scans} }`,
      });
    const kept = '{ stack: "scans/{digest}.sarif" }';
    (await scanned("{}", kept)).says("F25", "pass", /0 critical, 1 high, 0 medium, 0 low/);
    const limited = await scanned("{ high: 0 }", kept);
    limited.says("F25", "refuse", /at most 0 high/);
    limited.says("F25", "refuse", /no scan of this image/);
  });

  it("F25: a report that is attached to the image in its registry is read", async () => {
    const { digest } = world.of("stack", released.stack);
    const scan = {
      version: "2.1.0",
      runs: [{ tool: { driver: {} }, results: [{ ruleId: "CVE-9", level: "note" }] }],
    };
    await attach("xchem/fragalysis-stack", digest, JSON.stringify(scan));
    const judged = await world.place.check("prod", world.stackFile("prod"), {
      ...add("F25"),
      "limits: {}": "limits: {}, evidence: { scans: { stack: attached, backend: attached } }",
    });
    judged.says("F25", "pass", /0 critical, 0 high, 0 medium, 1 low/);
    judged.says("F25", "pass", /backend was not scanned/);
  });

  /** Attaches a report as `oras attach` does where a registry keeps no list of attachments itself. */
  async function attach(repository: string, subject: string, report: string): Promise<void> {
    const { registry } = world.place;
    const artifactType = "application/sarif+json";
    const layer = { mediaType: artifactType, ...(await registry.blob(repository, Buffer.from(report))) };
    const empty = await registry.blob(repository, Buffer.from("{}"));
    const manifest = {
      schemaVersion: 2,
      mediaType: imageType,
      artifactType,
      config: { mediaType: "application/vnd.oci.empty.v1+json", ...empty },
      layers: [layer],
    };
    const digest = await registry.manifest(repository, "report", imageType, manifest);
    const size = JSON.stringify(manifest).length;
    const listed = { mediaType: imageType, digest, size, artifactType };
    const index = { schemaVersion: 2, mediaType: indexType, manifests: [listed] };
    await registry.manifest(repository, subject.replace(":", "-"), indexType, index);
  }
});
