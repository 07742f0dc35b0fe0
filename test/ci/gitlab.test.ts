import assert from "node:assert/strict";
import { committedConfig } from "../components/program";
import type { Grade } from "../../lib/release/versions/environment-fit";
import { triggerOf } from "../../lib/release/triggers";
import { GitlabPipeline, type Situation } from "./gitlab-pipeline";
import { gitlabSchema } from "./gitlab-schema";

const service = GitlabPipeline.read(".gitlab/service.gitlab-ci.yml");
const releases = GitlabPipeline.read(".gitlab-ci.yml");

const pushed = (branch: string): Situation => ({
  CI_PIPELINE_SOURCE: "push",
  CI_COMMIT_BRANCH: branch,
  CI_DEFAULT_BRANCH: "main",
});
const mergeRequest: Situation = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_DEFAULT_BRANCH: "main",
};

describe("the GitLab CI files", function () {
  this.timeout(120_000);
  let wrongs: (file: unknown) => readonly string[];
  before(async () => {
    wrongs = await gitlabSchema();
  });

  for (const [name, pipeline] of [
    [".gitlab-ci.yml", releases],
    [".gitlab/service.gitlab-ci.yml", service],
  ] as const) {
    it(`${name} obeys GitLab's own schema`, () => {
      assert.deepEqual(wrongs(pipeline.file), []);
    });
  }

  it("would be caught by that schema where they were wrong", () => {
    const wrong = { ...(service.file as object), "Deploy dev": { stage: "deploy", needs: 7, script: [] } };
    assert.notDeepEqual(wrongs(wrong), []);
  });
});

describe("the pipeline of a service on GitLab", () => {
  it("H0: runs the unit tests and the build of a merge request, and nothing else", () => {
    assert.deepEqual(service.inSituation(mergeRequest), ["Unit Test", "Build"]);
  });

  it("H0: runs nothing for a feature branch without a merge request", () => {
    assert.deepEqual(service.inSituation(pushed("feature/dcp-1-title")), []);
  });

  it("H0: goes on to dev from the dev branch", () => {
    const dev = ["Release dev", "Deploy dev", "Integration dev"];
    assert.deepEqual(service.inSituation(pushed("dev")), ["Unit Test", "Build", ...dev]);
  });

  it("H0: goes on to staging from the default branch, and to prod by two steps that a person starts", () => {
    assert.deepEqual(service.inSituation(pushed("main")), [
      ...["Unit Test", "Build", "Release staging", "Deploy staging", "Integration staging"],
      ...["Release prod (by hand)", "Deploy prod (by hand)", "Integration prod"],
    ]);
  });

  it("H0: lets no step begin before the one that it builds on is done", () => {
    const needs = Object.entries(service.jobs).map(([name, job]) => [name, job.needs]);
    const chain = (environment: string, after: string): readonly unknown[] => [
      [`Release ${environment}`, [after]],
      [`Deploy ${environment}`, [`Release ${environment}`]],
      [`Integration ${environment}`, [`Deploy ${environment}`]],
    ];
    assert.deepEqual(needs, [
      ["Unit Test", undefined],
      ["Build", ["Unit Test"]],
      ...chain("dev", "Build"),
      ...chain("staging", "Build"),
      ...chain("prod", "Integration staging"),
    ]);
  });

  it("H0: has a unit test that a service may say for itself, and nothing depends on how", () => {
    assert.deepEqual(Object.keys(service.jobs["Unit Test"] ?? {}).sort(), ["script", "stage"]);
  });

  it("H7: waits for the person: a manual step is no step that may be left out", () => {
    for (const name of ["Release prod", "Deploy prod"]) {
      const [rule] = service.jobs[name]?.rules ?? [];
      assert.deepEqual([rule?.when, rule?.allow_failure], ["manual", false]);
    }
  });

  it("H15: promotes what the environment before has, dev alone takes what was built", () => {
    const from = ["dev", "staging", "prod"].map(
      (name) => service.jobs[`Release ${name}`]?.variables?.["FROM"],
    );
    assert.deepEqual(from, ["", "dev", "staging"]);
  });
});

describe("the release repository's pipeline on GitLab", () => {
  const environments = ["dev", "staging", "prod"].map((environment) => ({
    environment,
    grade: committedConfig(environment)["grade"] as Grade,
  }));

  it("reviews a merge request and releases nothing by it", () => {
    assert.deepEqual(releases.inSituation(mergeRequest), ["review"]);
  });

  for (const one of environments) {
    it(`releases ${one.environment} for the same changes as everywhere else`, () => {
      const job = releases.jobs[one.environment];
      const rule = job?.rules?.[0];
      assert.ok(job !== undefined && rule !== undefined);
      // GitLab writes "everything below" with a last `/*`.
      const paths = triggerOf(one).paths.map((path) => path.replace(/\*\*$/, "**/*"));
      assert.deepEqual(rule.changes, paths);
      assert.equal(rule.if, "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH");
      assert.equal(job.resource_group, "release-$ENVIRONMENT");
      assert.deepEqual(job.environment, { name: "$ENVIRONMENT" });
    });
  }
});
