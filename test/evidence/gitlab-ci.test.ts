import assert from "node:assert/strict";
import { mustFind } from "./assert-finding";
import { commit, freshGitlab, other } from "./gitlab-fixture";

describe("runs of a commit on GitLab", () => {
  const gitlab = freshGitlab();
  const job = (id: number, name: string, stage: string, status: string) =>
    gitlab.server.make("job", { id, name, stage, status });

  it("H0, H2, H4: finds the jobs of the pipelines of exactly one commit, by stage", async () => {
    gitlab.server.pipelines = [
      gitlab.server.make("pipeline", { id: 1, sha: commit, ref: "dev" }),
      gitlab.server.make("pipeline", { id: 2, sha: other }),
    ];
    gitlab.server.jobs = {
      1: [
        job(11, "Unit Test", "test", "success"),
        job(12, "Build", "build", "success"),
        job(13, "Integration dev", "integration", "failed"),
      ],
      2: [job(21, "Unit Test", "test", "failed")],
    };
    const { value } = mustFind(await gitlab.forge.runsOf(commit));
    assert.deepEqual(
      value.map(({ name, source, outcome }) => [name, source, outcome]),
      [
        ["Unit Test", "test", "success"],
        ["Build", "build", "success"],
        ["Integration dev", "integration", "failure"],
      ],
    );
    for (const one of value)
      assert.ok(
        one.commit === commit &&
          one.link.startsWith("https://") &&
          one.by === "root" &&
          !Number.isNaN(Date.parse(one.at)),
      );
  });

  it("H0: of the pipelines on two branches the later job of a name counts, and one that waits for a person says nothing", async () => {
    gitlab.server.pipelines = [
      gitlab.server.make("pipeline", { id: 2, sha: commit, ref: "master", status: "manual" }),
      gitlab.server.make("pipeline", { id: 1, sha: commit, ref: "dev" }),
    ];
    gitlab.server.jobs = {
      1: [job(11, "Unit Test", "test", "failed"), job(12, "Release prod", "release", "success")],
      2: [
        job(21, "Unit Test", "test", "success"),
        job(22, "Release prod", "release", "manual"),
        job(23, "Deploy prod", "deploy", "created"),
      ],
    };
    const { value } = mustFind(await gitlab.forge.runsOf(commit));
    assert.deepEqual(Object.fromEntries(value.map(({ name, outcome }) => [name, outcome])), {
      "Unit Test": "success",
      "Release prod": "success",
      "Deploy prod": "skipped",
    });
  });

  for (const [status, outcome] of [
    ["success", "success"],
    ["failed", "failure"],
    ["canceled", "failure"],
    ["manual", "skipped"],
    ["skipped", "skipped"],
    ["running", "pending"],
    ["pending", "pending"],
    ["waiting_for_resource", "pending"],
    ["something new", "failure"],
  ] as const) {
    it(`H2: a job that is ${status} is a ${outcome}`, async () => {
      gitlab.server.pipelines = [gitlab.server.make("pipeline", { id: 1, sha: commit, status: "running" })];
      gitlab.server.jobs = { 1: [job(1, "Unit Test", "test", status)] };
      assert.equal(mustFind(await gitlab.forge.runsOf(commit)).value[0]?.outcome, outcome);
    });
  }
});
