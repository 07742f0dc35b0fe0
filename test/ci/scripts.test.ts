import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { Sandbox } from "../docs/sandbox";
import { GitFixture } from "../evidence/git-fixture";
import { scratch } from "../scratch";

const scripts = join(packageRoot(), ".ci");

/** A release repository at its forge, and a clone of it in a runner, as a pipeline finds it: no branch checked out. */
function runner(): { readonly forge: GitFixture; readonly here: GitFixture } {
  const place = scratch("pipeline");
  const origin = GitFixture.create(join(place, "origin"));
  origin.commit("first", { "Pulumi.staging.yaml": "config: {}\n", "Pulumi.prod.yaml": "config: {}\n" });
  const forge = origin.clone(join(place, "forge"), "--bare");
  return { forge, here: checkout(forge, join(place, "runner")) };
}

function checkout(forge: GitFixture, folder: string): GitFixture {
  const here = forge.clone(folder);
  cpSync(scripts, join(folder, ".ci"), { recursive: true });
  writeFileSync(join(folder, ".git", "info", "exclude"), ".ci/\n");
  here.git("checkout", "--quiet", "--detach");
  return here;
}

function write({ folder }: GitFixture, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function run(here: GitFixture, script: string, ...args: readonly string[]): string {
  return execFileSync(join(here.folder, ".ci", script), args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

describe("the scripts that pipelines run", () => {
  it("are all right in the shell's eyes", () => {
    for (const name of readdirSync(scripts)) {
      const { status, stderr } = spawnSync("bash", ["-n", join(scripts, name)], { encoding: "utf8" });
      assert.equal(status, 0, `${name}: ${stderr}`);
    }
  });

  it("name the environments whose stack file a pull request changes, and no other file", () => {
    const { here } = runner();
    const base = here.git("rev-parse", "HEAD");
    assert.equal(run(here, "changed-stacks", base), "[]");
    here.commit("one release", { "Pulumi.prod.yaml": "config: { a: 1 }\n", "docs/Pulumi.notes.yaml": "" });
    assert.equal(run(here, "changed-stacks", base), '["prod"]');
    here.commit("a new stack, and a gone one", { "Pulumi.qa-2.yaml": "config: {}\n" });
    here.git("rm", "--quiet", "Pulumi.staging.yaml");
    here.git("commit", "--quiet", "--message", "gone");
    assert.deepEqual(JSON.parse(run(here, "changed-stacks", base)), ["prod", "qa-2"]);
  });

  it("let no file's name become anything but an environment's name", () => {
    const { here } = runner();
    const base = here.git("rev-parse", "HEAD");
    here.commit("odd names", { 'Pulumi."],x[".yaml': "", "Pulumi.$(id).yaml": "", "Pulumi.UP.yaml": "" });
    assert.equal(run(here, "changed-stacks", base), "[]");
  });

  it("commit the records of one environment and push them, also where somebody was faster", () => {
    const { forge, here } = runner();
    const other = checkout(forge, join(scratch("pipeline"), "other"));
    other.commit("somebody's merge", { "Pulumi.prod.yaml": "config: { b: 2 }\n" });
    other.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
    const before = forge.git("rev-parse", "main");

    write(here, { "releases/staging/a.json": "{}\n", "releases/prod/b.json": "{}\n" });
    const commit = run(here, "push-records", "staging", "main");

    assert.equal(forge.git("rev-parse", "main"), commit);
    assert.equal(forge.git("rev-parse", "main^"), before, "the merge stays, the records come after it");
    assert.equal(forge.git("show", "--name-only", "--format=", "main"), "releases/staging/a.json");
    assert.equal(
      forge.git("show", "--no-patch", "--format=%s, %an", "main"),
      "Records of staging, release pipeline",
    );
  });

  it("push nothing where nothing new is on record, and say so by saying nothing", () => {
    const { forge, here } = runner();
    const before = forge.git("rev-parse", "main");
    assert.equal(run(here, "push-records", "staging", "main"), "");
    write(here, { "releases/staging/a.json": "{}\n" });
    run(here, "push-records", "staging", "main");
    const after = forge.git("rev-parse", "main");
    assert.notEqual(after, before);
    assert.equal(run(here, "push-records", "staging", "main"), "");
    assert.equal(forge.git("rev-parse", "main"), after);
  });

  it("leave a conflict to people: nothing is pushed, and the job fails", () => {
    const { forge, here } = runner();
    const other = checkout(forge, join(scratch("pipeline"), "other"));
    other.commit("by hand", { "Pulumi.staging.yaml": "config: { by: hand }\n" });
    other.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
    const theirs = forge.git("rev-parse", "main");
    write(here, { "Pulumi.staging.yaml": "config: { by: machine }\n" });
    assert.throws(() => run(here, "push", "main", "pinned", "Pulumi.staging.yaml"));
    assert.equal(forge.git("rev-parse", "main"), theirs);
  });

  it("X5: hand a kubeconfig over as a file that only its owner reads, and leave none behind", () => {
    const place = scratch("secrets");
    const probe = join(place, "probe");
    writeFileSync(
      probe,
      `set -euo pipefail; cd "${place}"; . "${join(scripts, "environment")}"\n` +
        'echo "$NMDC_KUBECONFIG $(stat -c %a "$NMDC_KUBECONFIG") ${KUBECONFIG_TEXT-gone} ${PULUMI_BACKEND_URL-unset}"\n',
    );
    const env = { ...process.env, KUBECONFIG_TEXT: "token: very-secret", PULUMI_BACKEND_URL: "" };
    const said = execFileSync("bash", [probe], { encoding: "utf8", env }).trim().split(" ");
    assert.deepEqual(said.slice(1), ["600", "gone", "unset"]);
    assert.throws(() => readFileSync(said[0] ?? ""), /ENOENT/);
  });

  it("say what a range of commits releases, in the job's summary where no pull request is to hear it", function () {
    this.timeout(120_000);
    const clone = Sandbox.create();
    const summary = join(clone.folder, "..", "summary.md");
    const change =
      "sed -i 's/v2[.]18[.]0/v2.19.0/' Pulumi.staging.yaml && git commit --quiet --all --message release";
    const variables = { GITHUB_STEP_SUMMARY: summary, PULL_REQUEST: "none" };
    const { code, output } = clone.run(`${change} && .ci/comment HEAD^..HEAD`, variables);
    assert.equal(code, 0, output);
    const said = readFileSync(summary, "utf8");
    assert.match(said, /staging/);
    assert.match(said, /v2\.18\.0.*v2\.19\.0/);
  });
});
