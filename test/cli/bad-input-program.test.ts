import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { GithubServer } from "../evidence/github-server";
import { type Answer, HttpFixture } from "../evidence/http-fixture";
import { type Ran, runSlipway } from "./program";
import { ReleaseWorld } from "./release-world";

const secret = "not-a-real-token";
const staging = "Pulumi.staging.yaml";
const prod = "Pulumi.prod.yaml";
const hour = 3_600_000;

describe("bad input, handed to the program", function () {
  // Time for the first build of the registry, where the cache has none yet, and for two that never answer.
  this.timeout(600_000);

  let world: ReleaseWorld;
  let forge: GithubServer;
  let registry: HttpFixture;

  before(async () => {
    forge = await GithubServer.start();
    registry = await HttpFixture.start();
  });
  after(async () => {
    await registry.stop();
    await forge.stop();
  });
  beforeEach(async () => {
    world = await ReleaseWorld.start();
    forge.fault = undefined;
    await world.released("staging", new Date(Date.now() - 48 * hour).toISOString());
  });
  afterEach(() => world.stop());

  const slipway = (...args: readonly string[]): Promise<Ran> =>
    runSlipway(world.folder, args, { GITHUB_TOKEN: secret });

  /** What a command says that must refuse, in words alone; every file of the project is then as it was. */
  async function refused(...args: readonly string[]): Promise<string> {
    const before = files();
    const { code, out, error } = await slipway(...args);
    assert.equal(code, 1, out + error);
    assert.deepEqual(files(), before, "a file was written");
    assert.doesNotMatch(error, /\n {4}at |not-a-real-token/);
    assert.match(error, /: found [^]*; allowed: /);
    return error;
  }

  /** The project's files with their texts, also those that git does not know. */
  function files(): Readonly<Record<string, string>> {
    const names = readdirSync(world.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !`${entry.parentPath}/`.includes("/.git/"))
      .map(({ parentPath, name }) => join(parentPath, name));
    return Object.fromEntries(names.sort().map((name) => [name, readFileSync(name, "utf8")]));
  }

  function edit(file: string, from: string, to: string): void {
    const text = world.read(file);
    assert.ok(text.includes(from), `${file} has no ${from}`);
    world.write(file, text.replace(from, to));
  }

  for (const [what, tag] of [
    ["control characters", "v2.19.0\u001b[2J"],
    ["another script's digits", "v２.19.0"],
    ["10 kB", "v".repeat(10_240)],
  ] as const) {
    it(`X4: a tag with ${what} is refused by every command that reads it, shortly and in plain characters`, async () => {
      edit(staging, "clone: ../runtime", `tag: ${JSON.stringify(tag)}\n      clone: ../runtime`);
      for (const args of [
        ["check", "staging"],
        ["promote", "staging", "prod"],
        ["ticket", "staging"],
      ]) {
        const says = await refused(...args);
        assert.match(says, /sources\.runtime\.tag/);
        assert.doesNotMatch(says.replaceAll("\n", ""), /\p{Cc}/u);
        assert.ok(says.length < 2000, `${says.length} characters`);
      }
    });

    it(`X4: a build's tag with ${what} is not pinned`, async () => {
      await refused("pin", "staging", "--image", "fastapi", "--tag", tag, "--commit", world.commit);
    });
  }

  it("F4: a tag that the repository has not is a gate's refusal, by its name; the others are judged", async () => {
    edit(staging, "clone: ../runtime", "tag: v9.9.9\n      clone: ../runtime");
    const before = files();
    const { code, out, error } = await slipway("check", "staging");
    assert.equal(code, 1, out + error);
    assert.match(out, /no tag "v9\.9\.9"/);
    assert.match(out, /✓ /);
    assert.deepEqual(files(), before);
  });

  const answers = (status: number): Answer => ({
    status,
    headers: { "content-type": "application/json", "retry-after": "30" },
    body: JSON.stringify({ message: "no" }),
  });
  const atBadRegistry = (): void => {
    edit(staging, `${world.registry.host}/nmdc/fastapi`, `${registry.host}/nmdc/fastapi`);
  };
  const atBadForge = (): void => {
    const at = `forge: { kind: github, project: microbiomedata/nmdc-runtime, api: ${forge.api} }`;
    edit(prod, "clone: ../runtime", `clone: ../runtime\n      ${at}`);
  };

  for (const [status, says] of [
    [401, /401/],
    [404, /v2\.19\.0/],
    [429, /429/],
    [500, /500/],
  ] as const) {
    it(`X4: a registry that answers ${status} pins nothing, and says so`, async () => {
      atBadRegistry();
      registry.answering(() => answers(status));
      assert.match(await refused("pin", "staging"), says);
    });

    it(`X4: a forge that answers ${status} gets no ticket, and says so without the token`, async () => {
      atBadForge();
      forge.fault = () => answers(status);
      assert.match(await refused("ticket", "prod"), new RegExp(String(status)));
      assert.deepEqual(forge.written, []);
    });
  }

  it("X4: a registry and a forge that hang are waited for no longer than their time limit", async () => {
    atBadRegistry();
    atBadForge();
    registry.answering(() => "hang");
    forge.fault = () => "hang";
    const [pinned, told] = await Promise.all([refused("pin", "staging"), refused("ticket", "prod")]);
    assert.match(pinned, /did not answer within 20 s/);
    assert.match(told, /no answer/);
    assert.deepEqual(forge.written, []);
  });

  it("W3: a clock that is off is a gate's refusal", async () => {
    world.clock.answering(() => ({
      status: 200,
      headers: { date: new Date(Date.now() - hour).toUTCString() },
    }));
    const { code, out } = await slipway("check", "prod", "--json");
    assert.equal(code, 1);
    const { gates } = JSON.parse(out) as { gates: { id: string; verdict: string }[] };
    assert.equal(gates.find(({ id }) => id === "W3")?.verdict, "refuse");
  });

  it("H15: two stack files that contradict each other on the way or the system are refused by both names", async () => {
    edit(staging, "chain: [dev, staging, prod]", "chain: [staging, dev, prod]");
    edit(staging, "slipway:system: nmdc-runtime", "slipway:system: another");
    const says = await refused("promote", "staging", "prod");
    assert.match(
      says,
      /Pulumi\.staging\.yaml slipway:promotion\.chain: .*staging → dev → prod.*Pulumi\.prod/,
    );
    assert.match(says, /Pulumi\.staging\.yaml slipway:system: found another; allowed: nmdc-runtime/);
  });

  it("H8: what promote accepts is written whole: pins, commit and schema, comments and order kept", async () => {
    const old = world.runtime.git("rev-parse", "v2.18.0").trim().slice(0, 8);
    edit(prod, `commit: ${world.commit.slice(0, 8)}`, `commit: ${old}  # of the tag`);
    const before = world.read(prod);
    const expected = before
      .replaceAll("v2.18.0", "v2.19.0")
      .replace(world.digests["v2.18.0"] ?? "?", world.digests["v2.19.0"] ?? "?")
      .replace(old, world.commit.slice(0, 8))
      .replace("version: 11.23.0", "version: 11.24.0");

    const reader = openSync(join(world.folder, prod), "r");
    const inode = statSync(join(world.folder, prod)).ino;
    const { code, out, error } = await slipway("promote", "staging", "prod");
    assert.equal(code, 0, out + error);
    assert.equal(world.read(prod), expected);
    assert.notEqual(statSync(join(world.folder, prod)).ino, inode, "replaced by a rename");
    assert.equal(readFileSync(reader, "utf8"), before, "who reads the old file has all of it");
    closeSync(reader);
    const lines = (sign: string): readonly string[] =>
      out.split("\n").filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3)));
    assert.equal(lines("-").length, 5, out);
    assert.equal(lines("+").length, 5, out);
    for (const line of lines("+")) assert.ok(expected.includes(line.slice(1)), line);
    assert.match(error, /warning: what runs in staging could not be looked at/);
    assert.deepEqual(
      Object.keys(files()).filter((name) => name.endsWith(".tmp")),
      [],
    );

    const again = await slipway("promote", "staging", "prod", "--json");
    assert.deepEqual([again.code, (JSON.parse(again.out) as { written: boolean }).written], [0, false]);
    assert.equal(world.read(prod), expected);
  });
});
