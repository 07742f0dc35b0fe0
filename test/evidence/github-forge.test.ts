import assert from "node:assert/strict";
import { mustFind } from "./assert-finding";
import { commit, freshGithub, other } from "./github-fixture";

describe("GithubForge", () => {
  const github = freshGithub();

  it("H14: finds the last deployment of each environment", async () => {
    const deploy = (id: number, environment: string, sha: string, created_at: string) =>
      github.server.make("deployment", { id, environment, sha, created_at });
    github.server.deployments = [
      deploy(1, "staging", other, "2026-11-01T00:00:00Z"),
      deploy(2, "staging", commit, "2026-11-02T00:00:00Z"),
      deploy(3, "production", other, "2026-11-03T00:00:00Z"),
    ];
    github.server.deploymentStatuses = [
      github.server.make("deployment status", { state: "success", deployment_url: "2" }),
      github.server.make("deployment status", { state: "error", deployment_url: "3" }),
    ];
    const { value } = mustFind(await github.forge.deployments());
    assert.deepEqual(
      value.map((one) => [one.environment, one.commit, one.outcome]),
      [
        ["staging", commit, "success"],
        ["production", other, "failure"],
      ],
    );
    assert.deepEqual(mustFind(await github.forge.deployments("production")).value.length, 1);
  });
});
