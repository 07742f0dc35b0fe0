import assert from "node:assert/strict";
import { mustFind } from "./assert-finding";
import { commit, freshGithub, other } from "./github-fixture";
import type { GithubServer } from "./github-server";

describe("runs of a commit on GitHub", () => {
  const github = freshGithub();
  const run = (change: Record<string, unknown>) =>
    github.server.make("run", {
      head_sha: commit,
      status: "completed",
      path: ".github/workflows/python-app.yml@main",
      ...change,
    });
  const check = (name: string, conclusion: string, slug: string) =>
    github.server.make("check", {
      head_sha: commit,
      name,
      status: "completed",
      conclusion,
      app: { ...app(github.server), slug },
    });

  it("N1, F9: finds the workflows, checks and statuses of exactly one commit, with who and when", async () => {
    github.server.runs = [
      run({ name: "Python application", conclusion: "success", event: "push", run_number: 7 }),
      run({ head_sha: other, conclusion: "failure", event: "push", run_number: 9 }),
    ];
    github.server.checks = [
      check("build", "failure", "github-actions"),
      check("codecov", "neutral", "codecov"),
    ];
    github.server.statuses = [
      github.server.make("one status", { context: "read-the-docs", state: "success" }),
    ];
    const { value } = mustFind(await github.forge.runsOf(commit));
    assert.deepEqual(
      value.map(({ name, source, outcome }) => [name, source, outcome]),
      [
        ["Python application", ".github/workflows/python-app.yml", "success"],
        ["codecov", "codecov", "skipped"],
        ["read-the-docs", undefined, "success"],
      ],
    );
    for (const one of value)
      assert.ok(
        one.commit === commit &&
          one.link.startsWith("http") &&
          !Number.isNaN(Date.parse(one.at)) &&
          one.by !== "",
      );
  });

  for (const [status, conclusion, outcome] of [
    ["completed", "success", "success"],
    ["completed", "failure", "failure"],
    ["completed", "cancelled", "failure"],
    ["completed", "timed_out", "failure"],
    ["completed", "stale", "failure"],
    ["completed", "startup_failure", "failure"],
    ["completed", "skipped", "skipped"],
    ["in_progress", null, "pending"],
    ["queued", null, "pending"],
    ["waiting", null, "pending"],
  ] as const) {
    it(`N1: a workflow that is ${status}${conclusion === null ? "" : `, ${conclusion}`} is a ${outcome}`, async () => {
      github.server.runs = [run({ status, conclusion, event: "push", run_number: 1 })];
      assert.equal(mustFind(await github.forge.runsOf(commit)).value[0]?.outcome, outcome);
    });
  }

  it("N1: of several runs of one workflow the last one counts", async () => {
    github.server.runs = [
      run({ conclusion: "failure", event: "push", run_number: 3 }),
      run({ conclusion: "success", event: "push", run_number: 4 }),
      run({ conclusion: "failure", event: "push", run_number: 2 }),
    ];
    assert.deepEqual(
      mustFind(await github.forge.runsOf(commit)).value.map(({ outcome }) => outcome),
      ["success"],
    );
  });

  it("N1: a commit that CI never saw has no runs, which is known", async () => {
    assert.deepEqual(mustFind(await github.forge.runsOf(commit)).value, []);
  });
});

function app(server: GithubServer): object {
  return server.make("check", {})["app"] as object;
}
