import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { diffAt } from "../../../cli/review/diff-at";
import { repositoryAt } from "../../../cli/review/repository-at";
import { namedFiles, type PartFiles } from "../../../cli/review/part-files";
import { hashOf } from "../../../cli/gated-stack";
import { parseStackConfig } from "../../../lib/config/stack-config";
import { StackFile } from "../../../lib/config/stack-file";
import { commentMarker, longestComment, releaseComment } from "../../../lib/review/diff/comment";
import { diffPage } from "../../../lib/review/diff/diff-page";
import type { ChangedEnvironment, EnvironmentDiff, ReleaseDiff } from "../../../lib/review/diff/release-diff";
import { proposal } from "../../../tools/pictures/example-history";
import { recordOf } from "../../../tools/pictures/example-records";
import { runSlipway } from "../../cli/program";
import { exampleCopy } from "../example";
import { refusalOf } from "../../refusal";

const golden = (name: string): string =>
  readFileSync(join(__dirname, "..", "..", "golden", "review", name), "utf8");
const nothing: PartFiles = { gates: new Map(), plan: new Map(), data: new Map() };
const now = "2026-11-20T17:05:00.000Z";

async function diffOf(folder: string, range = "HEAD~1..HEAD", files = nothing): Promise<ReleaseDiff> {
  return diffAt(await repositoryAt(folder), range, { project: folder, files, fetch: false, now });
}

function changed(one: EnvironmentDiff | undefined): ChangedEnvironment {
  assert.ok(one?.kind === "changed" || one?.kind === "added", one?.kind);
  return one;
}

/** Writes what came of another run, as the diff is given it. */
async function partFiles(place: string, folder: string): Promise<PartFiles> {
  const options = await proposal(place, folder);
  const of = (name: string): ReadonlyMap<string, string> =>
    namedFiles(
      name,
      options.filter((_, index) => options[index - 1] === name),
    );
  return { gates: of("--gates"), plan: of("--plan"), data: of("--data") };
}

describe("a release diff", function () {
  this.timeout(120_000);

  it("X1: tells a reviewer what is released, what stops it and what it risks, as kept in test/golden/review/comment.md", async () => {
    const { folder, place } = exampleCopy();
    const comment = releaseComment(await diffOf(folder, "HEAD~1..HEAD", await partFiles(place, folder)));
    assert.equal(comment, golden("comment.md"));
  });

  it("says what it could not look at, each with the command that would tell it, and asks nobody", async () => {
    const { folder } = exampleCopy();
    const one = changed((await diffOf(folder)).environments[0]);
    assert.equal(one.plan.known, false);
    assert.match(
      releaseComment(await diffOf(folder)),
      /Not looked at: [^]*pulumi preview --json --stack prod/,
    );
    assert.match(releaseComment(await diffOf(folder)), /gates not judged here: a network is needed/);
  });

  it("is not put off by files that are missing, empty or of another release", async () => {
    const { folder, place } = exampleCopy();
    const files = await partFiles(place, folder);
    writeFileSync(join(place, "plan.json"), "");
    const stale = JSON.parse(readFileSync(join(place, "gates.json"), "utf8")) as object;
    writeFileSync(join(place, "gates.json"), JSON.stringify({ ...stale, hash: `sha256:${"0".repeat(64)}` }));
    const one = changed((await diffOf(folder, "HEAD~1..HEAD", files)).environments[0]);
    assert.match(one.plan.known ? "" : one.plan.why, /something else/);
    assert.match(one.gates.known ? "" : one.gates.why, /judged for another release/);
  });

  it("of a change that touches no stack says so", async () => {
    const { folder, git } = exampleCopy();
    git.commit("docs", { "README.md": "words" });
    const diff = await diffOf(folder);
    assert.deepEqual([diff.environments, diff.program, diff.otherFiles], [[], [], 1]);
    assert.match(releaseComment(diff), /No environment is touched/);
    git.commit("program", { "components/x.ts": "export {};" });
    assert.match(releaseComment(await diffOf(folder)), /what changes is the program[^]*components\/x\.ts/);
  });

  it("of ten stacks has one comment that fits, with a line each first and production on top", async () => {
    const { folder, git } = exampleCopy();
    const stack = readFileSync(join(folder, "Pulumi.staging.yaml"), "utf8");
    const files = Array.from({ length: 10 }, (_, index) => {
      const text = stack
        .replace("environment: staging", `environment: site-${index}`)
        .replace("chain: [dev, staging, prod]", "chain: []");
      return [
        `Pulumi.site-${index}.yaml`,
        index === 7 ? text.replace("grade: staging", "grade: production") : text,
      ] as const;
    });
    git.commit("ten sites", Object.fromEntries(files));
    const diff = await diffOf(folder);
    assert.equal(diff.environments.length, 10);
    assert.equal(diff.environments[0]?.environment, "site-7");
    const comment = releaseComment(diff);
    assert.ok(comment.length < longestComment, String(comment.length));
    assert.equal(comment.split("\n| site-").length, 11);
  });

  it("of a stack file that is no YAML, or no stack, names every problem, and the command ends with 1", async () => {
    const { folder, git } = exampleCopy();
    const prod = readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8");
    git.commit("broken", {
      "Pulumi.prod.yaml": `${prod}\n  : [`,
      "Pulumi.dev.yaml": prod.replace("grade: production", "grade: holy"),
    });
    const diff = await diffOf(folder);
    assert.deepEqual(
      diff.environments.map(({ kind }) => kind),
      ["broken", "broken"],
    );
    assert.match(
      releaseComment(diff),
      /dev · its stack file is broken[^]*slipway:grade[^]*prod · its stack file is broken[^]*YAML|line/,
    );
    const ran = await runSlipway(folder, ["diff", "HEAD~1..HEAD"]);
    assert.equal(ran.code, 1);
    assert.match(ran.out, /its stack file is broken/);
    git.commit("mended", { "Pulumi.prod.yaml": prod, "Pulumi.dev.yaml": prod.replaceAll("prod", "dev") });
    assert.equal(
      changed((await diffOf(folder)).environments.find((one) => one.environment === "prod")).kind,
      "added",
    );
  });

  it("of a base that is not there says how to get it", async () => {
    const { folder } = exampleCopy();
    const gone = "0123456789012345678901234567890123456789";
    assert.match(
      (await refusalOf(diffOf(folder, `${gone}..HEAD`))).message,
      /found no commit 0123456789.*git fetch/,
    );
    assert.match((await refusalOf(diffOf(folder, "HEAD"))).message, /found HEAD; allowed: two commits/);
    assert.match((await refusalOf(diffOf(folder, "--output=x..HEAD"))).message, /found no commit --output=x/);
  });

  it("compares with the commit at which the change left its base, also after a force-push", async () => {
    const { folder, git } = exampleCopy();
    git.git("checkout", "--quiet", "-b", "change", "HEAD~1");
    const dev = readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8");
    git.commit("dev", { "Pulumi.dev.yaml": dev.replace("replicas: 1", "replicas: 2") });
    const diff = await diffOf(folder, "main..change");
    assert.deepEqual(
      diff.environments.map(({ environment }) => environment),
      ["dev"],
    );
    assert.deepEqual([diff.base.is, diff.behind], ["merge base", 1]);
    git.git("checkout", "--quiet", "--orphan", "forced");
    git.commit("all anew");
    const forced = await diffOf(folder, "main..forced");
    assert.equal(forced.base.is, "base");
    assert.match(releaseComment(forced), /which has no commit in common with the change/);
  });

  it("of 5,000 changed keys keeps the comment within what a forge takes, and the page has them all", async () => {
    const { folder, git } = exampleCopy();
    const prod = readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8");
    const keys = Array.from({ length: 5000 }, (_, index) => `        KEY_${index}: "value ${index}"\n`).join(
      "",
    );
    const env = prod.replace(
      "    dagster: { image: dagster }\n",
      `    dagster:\n      image: dagster\n      env:\n${keys}`,
    );
    git.commit("many", { "Pulumi.prod.yaml": env });
    const diff = await diffOf(folder);
    assert.equal(changed(diff.environments[0]).settings.length, 5000);
    const comment = releaseComment(diff);
    assert.ok(comment.length <= longestComment, String(comment.length));
    assert.match(comment, /5,000 other settings change[^]*… and 4,\d\d\d more settings/);
    assert.ok(diffPage(diff).toString().includes("KEY_4999"));
  });

  it("X5: shows no secret of a stack file, encrypted or put there in clear", async () => {
    const { folder, git } = exampleCopy();
    const prod = readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8");
    const encrypted = `${prod}  slipway:releaseMongoUri: { secure: v1:abcdef:hunter2 }\n`;
    const clear =
      "dagster: { image: dagster, env: { API_TOKEN: hunter2, PLACE: mongodb://release:hunter2@db.example.org } }";
    git.commit("encrypted", { "Pulumi.prod.yaml": encrypted });
    const { settings } = changed((await diffOf(folder)).environments[0]);
    assert.deepEqual(settings, [{ key: "releaseMongoUri", from: undefined, to: "encrypted" }]);
    git.commit("in clear", { "Pulumi.prod.yaml": encrypted.replace("dagster: { image: dagster }", clear) });
    const diff = await diffOf(folder, "HEAD~2..HEAD");
    assert.equal(diff.environments.length, 1);
    for (const text of [releaseComment(diff), diffPage(diff).toString(), JSON.stringify(diff)])
      assert.doesNotMatch(text, /hunter2/);
  });

  it("N17: becomes the record once there is one: who, when, how long against the forecast, what verified it", async () => {
    const { folder } = exampleCopy();
    const stack = readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8");
    const from = { release: "v2.18.1", schema: "11.24.0" };
    const base = { at: "2026-11-24T16:05:00Z", by: "ana", number: 8, from, gates: [] };
    const failed = recordOf(stack, folder, {
      ...base,
      at: "2026-11-24T16:00:00Z",
      number: 7,
      outcome: "rolled-back",
      reason: "no pod",
    });
    const released = recordOf(stack, folder, { ...base, outcome: "released" });
    for (const [path, text] of [failed, released]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const one = changed((await diffOf(folder)).environments[0]);
    assert.deepEqual([one.record?.kept.record.outcome, one.record?.attempts], ["released", 1]);
    assert.equal(one.record?.forecast?.record.environment, "staging");
    const comment = releaseComment(await diffOf(folder));
    assert.ok(comment.startsWith(commentMarker));
    assert.match(comment, /prod · v2\.18\.1 → \*\*v2\.19\.0\*\* · released\n/);
    assert.match(
      comment,
      /\*\*Record\*\* by ana, 24 Nov 2026, 16:05 to [^]*\*\*Verified\*\*[^]*Took [^]*as forecast by staging[^]*\| roll-out \|/,
    );
    assert.doesNotMatch(comment, /Not looked at: .*(gates|plan)/);
  });

  it("of a way back says that the originals come back, and whose loss was accepted", async () => {
    const { folder, git } = exampleCopy();
    const prod = readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8");
    const back = prod.replace("version: 11.24.1", "version: 11.23.0");
    git.commit("back", { "Pulumi.prod.yaml": back });
    const one = changed((await diffOf(folder)).environments[0]);
    assert.equal(one.risk.kind, "way back");
    assert.match(one.risk.wayBack, /refused when users have written since/);
    git.commit("accepted", {
      "Pulumi.prod.yaml": back.replace("keep: {", "acceptLossSince: v2.19.0\n    keep: {"),
    });
    assert.match(
      changed((await diffOf(folder, "HEAD~2..HEAD")).environments[0]).risk.wayBack,
      /LOSES what users wrote since v2\.19\.0/,
    );
  });

  it("N9: of a step that nobody has gone says that it is not rehearsed", async () => {
    const { folder, git } = exampleCopy();
    const prod = readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8");
    git.commit("further", { "Pulumi.prod.yaml": prod.replace("version: 11.24.1", "version: 11.25.0") });
    const one = changed((await diffOf(folder)).environments[0]);
    assert.match(one.risk.closed, /^not rehearsed/);
    assert.deepEqual(one.schema.migrations, ["nmdc-schema/11.24.1-to-11.25.0"]);
    const last = changed((await diffOf(folder, "HEAD~2..HEAD")).environments[0]);
    assert.deepEqual(last.schema.migrations, [
      "nmdc-schema/11.24.0-to-11.24.1",
      "nmdc-schema/11.24.1-to-11.25.0",
    ]);
    assert.match(releaseComment(await diffOf(folder)), /Unlike<\/b> staging[^]*1 version still differs/);
  });

  it("of a removed stack says what goes on running", async () => {
    const { folder, git } = exampleCopy();
    git.git("rm", "--quiet", "Pulumi.prod.yaml");
    git.commit("gone", {});
    assert.match(releaseComment(await diffOf(folder)), /\*\*v2\.18\.1\*\* goes on running there/);
  });

  it("X1: a release has the same hash wherever its repository lies", () => {
    const [one, other] = [exampleCopy(), exampleCopy()];
    const hashes = [one, other].map(({ folder }) => {
      const text = readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8");
      const config = parseStackConfig(StackFile.parse(text, "stack").config(), "stack");
      return hashOf(folder, config);
    });
    assert.equal(hashes[0], hashes[1]);
  });
});
