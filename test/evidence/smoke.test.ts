import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { smokeFile } from "../../lib/evidence/smoke";
import { runSmoke, smokeOf } from "../../lib/evidence/smoke-run";
import { mustContradict, mustFind } from "./assert-finding";
import { GitFixture } from "./git-fixture";

const node = process.execPath;

describe("slipway smoke", () => {
  let place: ReturnType<typeof GitFixture.place>;
  let code: GitFixture;
  let commit: string;
  let releases: string;

  beforeEach(() => {
    place = GitFixture.place();
    code = GitFixture.create(join(place.folder, "code"));
    commit = code.commit("one");
    releases = join(place.folder, "releases");
  });

  afterEach(() => {
    place.remove();
  });

  const smoke = async (...commands: [string, ...string[]][]) => {
    const output = new PassThrough();
    const printed = text(output);
    const finding = await runSmoke(await code.open(), { commands, by: "ana", releases, output });
    output.end();
    return { finding, printed: await printed };
  };

  it("N1: records commit, command, outcome and who ran it", async () => {
    const { finding, printed } = await smoke([node, "-e", "console.log('3 passed')"]);
    const record = mustFind(finding).value;
    assert.deepEqual(
      [record.commit, record.outcome, record.cleanTree, record.by, record.exitCode],
      [commit, "success", true, "ana", 0],
    );
    assert.match(record.command, /3 passed/);
    assert.match(printed, /^\$ .*\n3 passed\n$/);
    const kept = mustFind(await smokeOf(releases, commit));
    assert.deepEqual(kept.value, record);
    assert.deepEqual([kept.by, kept.when], ["ana", record.at]);
  });

  it("N1: records a failure with its code, and runs nothing after it", async () => {
    const { finding } = await smoke(
      [node, "-e", "process.exit(3)"],
      [node, "-e", "require('fs').writeFileSync('ran', '')"],
    );
    const record = mustFind(finding).value;
    assert.deepEqual([record.outcome, record.exitCode], ["failure", 3]);
    assert.match(record.command, / && /);
    assert.ok(!existsSync(join(code.folder, "ran")));
  });

  it("N1: a program that is not there is a failure", async () => {
    const { finding, printed } = await smoke(["no-such-program-here"]);
    assert.deepEqual([mustFind(finding).value.outcome, mustFind(finding).value.exitCode], ["failure", null]);
    assert.match(printed, /ENOENT/);
  });

  it("N1: runs and records nothing on a tree that is not clean", async () => {
    writeFileSync(join(code.folder, "new.txt"), "");
    const { finding, printed } = await smoke([node, "-e", "console.log('ran')"]);
    assert.match(mustContradict(finding), /"new\.txt"/);
    assert.equal(printed, "");
    assert.ok(!existsSync(releases));
  });

  it("N1: a test that changes the tree, or commits, is on record as not clean", async () => {
    const wrote = await smoke([node, "-e", "require('fs').writeFileSync('made.txt', '')"]);
    assert.equal(mustFind(wrote.finding).value.cleanTree, false);
    code.commit("made");
    const committed = await smoke([
      "git",
      "-c",
      "user.name=x",
      "-c",
      "user.email=x@example.org",
      "commit",
      "--allow-empty",
      "-m",
      "x",
    ]);
    assert.equal(mustFind(committed.finding).value.cleanTree, false);
  });

  it("N1: passes arguments as they are: no shell reads them", async () => {
    const { printed } = await smoke([node, "-e", "console.log(process.argv[1])", "$(touch pwned); `id`"]);
    assert.match(printed, /\n\$\(touch pwned\); `id`\n$/);
    assert.ok(!existsSync(join(code.folder, "pwned")));
  });

  it("N1: a commit that nobody tested has no record, and a damaged or foreign record is refused", async () => {
    assert.equal(mustFind(await smokeOf(releases, commit)).value, undefined);
    await smoke([node, "-e", ""]);
    const file = join(releases, smokeFile(commit));
    const whole = readFileSync(file, "utf8");
    writeFileSync(file, whole.slice(0, -20));
    assert.match(mustContradict(await smokeOf(releases, commit)), /no smoke test's record/);
    writeFileSync(file, whole.replace(commit, "0".repeat(40)));
    assert.match(mustContradict(await smokeOf(releases, commit)), /a record of "0000/);
  });

  it("N1: leaves nothing but the record", async () => {
    await smoke([node, "-e", ""]);
    assert.deepEqual(readdirSync(join(releases, "smoke")), [`${commit}.json`]);
  });
});
