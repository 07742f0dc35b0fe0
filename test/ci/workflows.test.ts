import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathFilterOf, triggers } from "../../lib/evidence/path-filter";
import { packageRoot } from "../../lib/package-root";
import { triggerOf } from "../../lib/release/triggers";
import type { Grade } from "../../lib/release/versions/environment-fit";
import { provideTestTool } from "../../tools/toolchain/toolchain";
import { committedConfig } from "../components/program";
import { scratch } from "../scratch";
import { workflow, workflows } from "./workflow";

const root = packageRoot();
const environments = ["dev", "staging", "prod"] as const;

/** What actionlint says of the workflows of a folder; nothing where they are right. */
async function lint(folder: string): Promise<string> {
  const actionlint = join(await provideTestTool("actionlint"), "actionlint");
  const files = workflows().map(({ file }) => join(".github", "workflows", file));
  const { stdout, stderr, status } = spawnSync(actionlint, ["-no-color", "-oneline", ...files], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.ok(status === 0 || status === 1, stderr);
  return stdout;
}

describe("the GitHub Actions workflows", function () {
  this.timeout(300_000);

  it("are right in actionlint's eyes", async () => {
    assert.equal(await lint(root), "");
  });

  it("would be caught by actionlint where they were wrong", async () => {
    const copy = scratch("workflows");
    cpSync(join(root, ".github"), join(copy, ".github"), { recursive: true });
    // It looks for called workflows from the repository's root.
    spawnSync("git", ["init", "--quiet"], { cwd: copy });
    const file = join(copy, ".github", "workflows", "prod.yml");
    writeFileSync(file, readFileSync(file, "utf8").replace("environment: prod", "enviroment: prod"));
    assert.match(await lint(copy), /prod\.yml.*enviroment/);
  });

  it("X1: use every action of others at a full commit id, its version beside it", () => {
    const composite = readFileSync(join(root, ".github", "actions", "set-up", "action.yml"), "utf8");
    const uses = [...workflows().map(({ text }) => text), composite].flatMap((text) =>
      [...text.matchAll(/uses: (.+)/g)].map(([, used = ""]) => used),
    );
    assert.ok(uses.length > 20, "there are some");
    const loose = uses.filter(
      (used) => !used.startsWith("./") && !/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used),
    );
    assert.deepEqual(loose, []);
  });

  it("name one commit for one action, wherever it is used", () => {
    const pins = new Map<string, Set<string>>();
    for (const { text } of workflows())
      for (const [, action = "", commit = ""] of text.matchAll(/uses: ([\w.-]+\/[\w.-]+)@(.+)/g))
        pins.set(action, (pins.get(action) ?? new Set()).add(commit));
    assert.deepEqual(
      [...pins].filter(([, commits]) => commits.size > 1),
      [],
    );
  });

  it("may do nothing but what a job says that it needs", () => {
    for (const { file, permissions, jobs } of workflows()) {
      assert.deepEqual(permissions, {}, `${file}: no permission for all jobs`);
      for (const [name, job] of Object.entries(jobs)) assert.ok(job.permissions, `${file}: ${name}`);
    }
  });

  it("let only releasing jobs write to the repository, and only those that sign in get an identity", () => {
    const writing = (permission: string): readonly string[] =>
      workflows().flatMap(({ file, jobs }) =>
        Object.entries(jobs).flatMap(([name, job]) =>
          job.permissions?.[permission] === "write" ? [`${file} ${name}`] : [],
        ),
      );
    const releasing = ["dev.yml release", "image-built.yml release", "prod.yml release"];
    const both = [...releasing, "release.yml release", "staging.yml release"];
    assert.deepEqual(writing("contents"), [...both, "image-built.yml pin"].sort());
    assert.deepEqual(writing("id-token"), [...both, "page.yml page", "review.yml preview"].sort());
    assert.deepEqual(writing("pull-requests"), [...both, "review.yml comment"].sort());
  });

  it("run no code of a fork with credentials, and put no text of others into a command", () => {
    for (const { file, on, text } of workflows()) {
      assert.ok(!("pull_request_target" in on), file);
      for (const [, line = ""] of text.matchAll(/^\s+(?:- )?run: (.+)$/gm)) {
        assert.ok(!line.includes("${{"), `${file}: ${line}: an expression in a command is text of others`);
      }
    }
    assert.match(workflow("review.yml").text, /head\.repo\.full_name == github\.repository/);
  });

  it("end: every job has a time limit, here or in the workflow that it calls", () => {
    for (const { file, jobs } of workflows())
      for (const [name, job] of Object.entries(jobs))
        assert.ok(job.uses !== undefined || job["timeout-minutes"] !== undefined, `${file} ${name}`);
  });
});

describe("what starts a release on GitHub", () => {
  for (const environment of environments) {
    const grade = committedConfig(environment)["grade"] as Grade;
    const trigger = triggerOf({ environment, grade });
    const { text, jobs, on } = workflow(`${environment}.yml`);

    it(`${environment}: a merge that changes ${grade === "development" ? "what it runs" : "its stack file, and nothing else"}`, () => {
      const push = on["push"] as { readonly branches: readonly string[]; readonly paths: readonly string[] };
      assert.deepEqual(push, { branches: [trigger.branch], paths: trigger.paths });
      const { release } = jobs;
      assert.equal(release?.uses, "./.github/workflows/release.yml");
      assert.deepEqual(release.with, { environment });
    });

    it(`${environment}: no record, page of the docs, or stack file of another environment`, () => {
      const filter = pathFilterOf(text);
      assert.ok(filter);
      const others = environments.filter((one) => one !== environment).map((one) => `Pulumi.${one}.yaml`);
      const quiet = [
        `releases/${environment}/2026-11-21T10-00-00Z-a.json`,
        "docs/design.md",
        "README.md",
        ...others,
      ];
      assert.deepEqual(
        quiet.filter((path) => triggers(filter, path)),
        [],
      );
      assert.ok(triggers(filter, `Pulumi.${environment}.yaml`));
    });
  }

  it("F12: a finished build of another repository, which pins what staging's tags stand for and releases that commit", () => {
    const { on, jobs } = workflow("image-built.yml");
    assert.deepEqual(on, { repository_dispatch: { types: ["image-built"] } });
    assert.deepEqual(jobs["release"]?.with, {
      environment: "staging",
      ref: "${{ needs.pin.outputs.commit }}",
    });
    assert.ok(jobs["pin"]?.steps?.some(({ run }) => run?.includes(".ci/pin staging main")));
  });

  it("one at a time for an environment, never cut off by the next, behind the environment's own protection", () => {
    const { release } = workflow("release.yml").jobs;
    assert.ok(release);
    assert.deepEqual(release.concurrency, {
      group: "release-${{ inputs.environment }}",
      "cancel-in-progress": false,
    });
    assert.equal(release.environment, "${{ inputs.environment }}");
  });

  it("X2: a preview has credentials of its own, which are not those that release", () => {
    assert.equal(workflow("review.yml").jobs["preview"]?.environment, "${{ matrix.environment }}-preview");
  });
});
