import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GithubServer } from "../evidence/github-server";
import { AtmosphereWorld, former, released } from "./atmosphere-world";

const day = 24 * 3_600_000;
const ago = (days: number): string => new Date(Date.now() - days * day).toISOString();

describe("commands of a release, as processes", function () {
  // Time for the first build of the registry, where the cache has none yet.
  this.timeout(600_000);

  let world: AtmosphereWorld;
  let forge: GithubServer;

  before(async () => {
    world = await AtmosphereWorld.start();
    forge = await GithubServer.start();
    await world.ran("prod", ago(30), former);
    await world.ran("beta", ago(8), released);
    world.place.write("Pulumi.beta.yaml", world.stackFile("beta"));
    world.place.write("Pulumi.prod.yaml", ticketed(world.stackFile("prod")));
  });
  after(async () => {
    await forge.stop();
    await world.stop();
  });

  const ticketed = (text: string): string =>
    text.replace(
      "    troposphere: { clone",
      `    troposphere: { forge: { kind: github, project: cyverse/troposphere, api: ${forge.api} }, clone`,
    ) + "  slipway:ticket: { assignees: [carol] }\n";

  /** What a command printed; it must have ended well. */
  async function ok(...args: string[]): Promise<string> {
    const { code, out, error } = await world.place.slipway(args);
    assert.equal(code, 0, out + error);
    return out;
  }
  async function json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await ok(...args, "--json")) as T;
  }
  /** What a command refused, which must be a refusal and no stack trace. */
  async function refused(...args: string[]): Promise<string> {
    const { code, out, error } = await world.place.slipway(args);
    assert.equal(code, 1, out + error);
    assert.doesNotMatch(error, /\n {4}at /);
    return error;
  }

  it("A7: next prints the versions that may come, for people and as JSON; an unknown step is refused", async () => {
    assert.match(await ok("next", "minor", "--environment", "prod", "--source", "atmosphere"), /v37-3/);
    const versions = await json<{ version: string }[]>(
      "next",
      "--environment",
      "prod",
      "--source",
      "atmosphere",
    );
    assert.ok(
      versions.some(({ version }) => version === "v38-0"),
      JSON.stringify(versions),
    );
    assert.match(await refused("next", "huge", "--environment", "prod"), /huge/);
  });

  it("F17: ticket creates the release's ticket once; a second time nothing is written", async () => {
    const first = await json<{ title: string; number: number }>("ticket", "prod", "--assign", "dan");
    assert.equal(first.title, "Release v37-2");
    const written = forge.written.length;
    assert.match(await ok("ticket", "prod", "--assign", "dan"), /^Release v37-2: https?:/);
    assert.equal(forge.written.length, written);
    assert.equal(forge.issues.length, 1);
    assert.match(await refused("ticket", "prod", "--contains", "#99"), /99/);
    forge.fault = () => ({ status: 500, body: "{}" });
    assert.match(await refused("ticket", "prod"), /500/);
    forge.fault = undefined;
  });

  it("A2: timeline, done: what is due, what was done, and by whom; a time to come is refused", async () => {
    const before = await json<{ item: string; state: string }[]>("timeline", "prod");
    assert.ok(
      before.some(({ item, state }) => item === "notice" && state === "overdue"),
      JSON.stringify(before),
    );
    const said = ["done", "prod", "notice", "--evidence", "https://lists.example.org/42", "--at", ago(20)];
    assert.match(await ok(...said), /notice: on record in releases\/prod\/checklist/);
    const again = await json<{ file: string; done: { item: string } }>(...said);
    assert.equal(again.done.item, "notice");
    const kept = JSON.parse(world.place.read(again.file)) as unknown[];
    assert.equal(kept.length, 1, "saying it again adds nothing");
    assert.match(await ok("timeline", "prod"), /done +notice.*https:\/\/lists\.example\.org\/42/);
    assert.match(
      await refused("done", "prod", "notice", "--evidence", "x", "--at", "2099-01-01T00:00:00Z"),
      /--at/,
    );
  });

  it("A3: calendar writes the window as an .ics file, whole or not at all", async () => {
    const out = join(world.place.folder, "maintenance.ics");
    const { file, title } = await json<{ file: string; title: string }>("calendar", "prod", "--out", out);
    assert.equal(file, out);
    assert.match(title, /v37-2 deployment/);
    assert.match(
      readFileSync(out, "utf8"),
      /^BEGIN:VCALENDAR\r\n[\s\S]*SUMMARY:.*v37-2 deployment[\s\S]*END:VCALENDAR\r\n$/,
    );
    assert.match(await refused("calendar", "prod", "--out", join(out, "no")), /ENOTDIR|EEXIST/);
  });

  it("A8: changelog cuts what is unreleased, once; nothing unreleased is refused and nothing written", async () => {
    const path = join(world.place.folder, "CHANGELOG.md");
    const address = "https://forge.example.org/cyverse/atmosphere";
    const text = `# Changelog\n\n## [Unreleased](${address}/compare/v36-9...HEAD)\n- quotas\n\n## [v36-9](${address}/compare/v36-5...v36-9) - 2020-06-16\n- old\n`;
    world.place.write("CHANGELOG.md", text);
    const args = ["changelog", "atmosphere", "--file", path, "--address", address];
    const dry = await json<{ diff: string; written: boolean }>(...args, "--dry-run");
    assert.equal(dry.written, false);
    assert.match(dry.diff, /\+## \[v37-2\]\(.*\/compare\/v36-9\.\.\.v37-2\)/);
    assert.equal(readFileSync(path, "utf8"), text);
    await ok(...args);
    const cut = readFileSync(path, "utf8");
    assert.match(await refused(...args), /v37-2/);
    assert.equal(readFileSync(path, "utf8"), cut);
  });

  it("X1: pin writes the digests of the tags, and nothing a second time; a tag that does not exist is refused", async () => {
    const digest = world.digest("atmosphere", "v37-2");
    const good = world.place.read("Pulumi.prod.yaml");
    world.place.write("Pulumi.prod.yaml", good.replace(digest, `sha256:${"0".repeat(64)}`));
    assert.deepEqual(await json("pin", "prod"), [
      { image: "atmosphere", from: `sha256:${"0".repeat(64)}`, to: digest },
    ]);
    assert.equal(world.place.read("Pulumi.prod.yaml"), good);
    assert.deepEqual(await json("pin", "prod"), []);
    world.place.write("Pulumi.prod.yaml", good.replace("release-v37-2", "release-v99-9"));
    assert.match(await refused("pin", "prod"), /release-v99-9/);
    world.place.write("Pulumi.prod.yaml", good);
  });

  it("H15: promote skips no environment; record --verify finds the kept ones whole", async () => {
    assert.match(await refused("promote", "prod", "beta"), /beta/);
    assert.match(await ok("record", "prod", "--verify"), /1 records of prod, as they were written/);
    assert.match(
      await refused("record", "prod", "--from", join(world.place.folder, "Pulumi.yaml")),
      /--from: found .*no such file/,
    );
  });

  it("N1: smoke runs a source's own test and records its commit; a failing one ends with 1", async () => {
    const good = world.place.read("Pulumi.prod.yaml");
    const smoked = (command: string): string =>
      good.replace("images: [atmosphere],", `images: [atmosphere], smoke: "${command}",`);
    world.place.write("Pulumi.prod.yaml", smoked("test -f CHANGELOG.md"));
    const record = await json<{ outcome: string; commit: string }>("smoke", "prod", "atmosphere");
    assert.equal(record.outcome, "success");
    assert.ok(existsSync(join(world.place.folder, "releases", ".smoke", `${record.commit}.json`)));
    world.place.write("Pulumi.prod.yaml", smoked("false"));
    assert.equal((await world.place.slipway(["smoke", "prod", "atmosphere"])).code, 1);
    world.place.write("Pulumi.prod.yaml", good);
  });
});
