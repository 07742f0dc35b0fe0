import assert from "node:assert/strict";
import { AtmosphereWorld, former, released } from "./atmosphere-world";
import type { Judged } from "./judged";

const day = 24 * 3_600_000;
const ago = (days: number): string => new Date(Date.now() - days * day).toISOString();

const rules = "A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A14";
const add = (gates: string): Readonly<Record<string, string>> => ({ "add: []": `add: [${gates}]` });

describe("slipway check on Atmosphere, the program", function () {
  // Time for the first build of the registry, where the cache has none yet.
  this.timeout(600_000);

  let world: AtmosphereWorld;
  let good: Judged;
  let bad: Judged;

  before(async () => {
    world = await AtmosphereWorld.start();
    await world.ran("prod", ago(30), former);
    await world.ran("beta", ago(8), released);
    const key = world.place.key("tess");
    world.place.write("Pulumi.prod.yaml", world.stackFile("prod"));
    for (const item of ["notice", "banner", "calendar", "status-page"])
      await told(["done", "prod", item, "--evidence", `https://lists.example.org/${item}`, "--at", ago(20)]);
    await told(["approve", "prod", "--as", "tester", "--by", "tess@example.org", "--key", key]);
    good = await world.place.check("prod", world.stackFile("prod"), add(rules));

    // A tag whose changelog nobody cut, that beta never had, announced to nobody, with the secrets of another place.
    const wrong = { ...released, atmosphere: "v37-3" };
    const compare = "https://forge.example.org/cyverse/atmosphere/compare";
    await world.tag(
      "atmosphere",
      "v37-3",
      `## [Unreleased](${compare}/v37-3...HEAD)\n- a late fix\n\n## [v37-3](${compare}/v36-9...v37-3) - 2020-11-25\n### Removed\n- <for soon-to-be removed features>\n\n## [v37-2](${compare}/v36-9...v37-2) - 2020-10-26\n- quotas\n`,
    );
    world.secrets.git("checkout", "--quiet", "-b", "atmobeta");
    const unpinned = `${world.place.registry.host}/cyverse/atmosphere:release-v36-9`;
    const images = [{ name: "atmosphere", to: unpinned }];
    await world.ran("prod", ago(1), former, { images });
    bad = await world.place.check("prod", world.stackFile("prod", wrong), add(rules));
  });
  after(() => world.stop());

  async function told(args: readonly string[]): Promise<void> {
    const { code, out, error } = await world.place.slipway(args);
    assert.equal(code, 0, out + error);
  }

  it("A2: users who were told in time pass; nobody told is refused, with the last moment", () => {
    good.says("A2", "pass", /notice/);
    bad.says("A2", "refuse", /not done.*at the latest/);
  });
  it("A3: a window on the calendar passes; one that is not is refused", () => {
    good.says("A3", "pass", /calendar/);
    bad.says("A3", "refuse", /not done/);
  });
  it("A4: a maintenance on the status page passes; none is refused", () => {
    good.says("A4", "pass", /status-page/);
    bad.says("A4", "refuse", /not done/);
  });
  it("A6: a candidate with everything in its release passes; entries left under Unreleased are refused, a young one is shown", async () => {
    good.says("A6", "pass", /nothing unreleased/);
    bad.says("A6", "refuse", /1 entries under Unreleased/);
    const young = { ...add("A6"), "candidateDays: 0": "candidateDays: 100000" };
    (await world.place.check("prod", world.stackFile("prod"), young)).says("A6", "warn", /days old/);
  });
  it("A7: Major-Minor tags pass, with their images; a branch is refused", async () => {
    good.says("A7", "pass", /v37-2/);
    const branch = { ...add("A7"), "tag: v37-2,": "tag: master," };
    (await world.place.check("prod", world.stackFile("prod"), branch)).says("A7", "refuse", /master/);
  });
  it("A8: a section that compares with the release before passes; another link and a placeholder are refused", () => {
    good.says("A8", "pass", /v37-2 compares with v36-9/);
    bad.says("A8", "refuse", /v37-2\.\.\.v37-3/);
    bad.says("A8", "refuse", /for soon-to-be removed features/);
  });
  it("A9: images that ran on beta and were tested pass; without beta and a tester's word they are refused", () => {
    good.says("A9", "pass", /tess/);
    bad.says("A9", "refuse", /beta/);
    bad.says("A9", "refuse", /a sign-off of another release/);
  });
  it("A10: this environment's secrets pass, with the variables that change; another branch's are refused", () => {
    good.says("A10", "pass", /secrets of prod/);
    bad.says("A10", "refuse", /secrets of atmobeta/);
  });
  it("A14: what runs is known of every component, and what no volume keeps is shown; an unknown digest is refused", () => {
    good.says("A14", "warn", /back: release-v36-9 sha256:/);
    good.says("A14", "warn", /no volume/);
    bad.says("A14", "refuse", /no digest of atmosphere/);
  });

  it("A5: cyverse does not ask its tech team; jetstream does, and asks for no status page", async () => {
    good.says("A5", "pass", /no rule of cyverse/);
    const other = { ...add("A4, A5"), "site: cyverse": "site: jetstream" };
    const refused = await world.place.check("prod", world.stackFile("prod"), other);
    refused.says("A4", "pass", /no rule of jetstream/);
    refused.says("A5", "refuse", /not done/);
    await told(["done", "prod", "tech-team", "--evidence", "mail of Monday", "--at", ago(20)]);
    (await world.place.check("prod", world.stackFile("prod"), other)).says("A5", "pass", /tech-team/);
  });

  it("A11: databases that are dumped first pass; a first deployment of what runs already is refused", async () => {
    good.says("A11", "pass", /atmo_prod is dumped first/);
    const first = { ...add("A11"), "kind: normal": "kind: first-time, reason: a new site, by: olga" };
    const again = await world.place.check("prod", world.stackFile("prod"), first);
    again.says("A11", "refuse", /v36-9 runs in prod/);
  });

  it("A19: a hot-fix that rolls passes, outside any window and without notice; one that stops first is refused", async () => {
    const lane = { "kind: normal": "kind: hot-fix, reason: nobody can log in, by: olga" };
    const rolling = { ...add("A19, A2, W1"), ...lane };
    const rolls = await world.place.check("prod", world.stackFile("prod"), {
      ...rolling,
      [world.window]: "",
    });
    rolls.says("A19", "pass", /hot-fix: nobody can log in/);
    for (const id of ["A2", "W1"]) rolls.setAside(id);
    const stopping = { ...rolling, "port: 8000": "port: 8000, strategy: stop-first" };
    (await world.place.check("prod", world.stackFile("prod"), stopping)).says("A19", "refuse", /stop-first/);
    world.place.write(
      "Pulumi.prod.yaml",
      world.stackFile("prod").replace("kind: normal", "kind: hot-fix, by: olga"),
    );
    const silent = await world.place.slipway(["check", "prod"]);
    assert.equal(silent.code, 1);
    assert.match(silent.error, /slipway:lane\.reason/);
  });
});
