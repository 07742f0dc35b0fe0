import assert from "node:assert/strict";
import { mustFind } from "./assert-finding";
import { commit, freshGitlab, other } from "./gitlab-fixture";
import { documented } from "./gitlab-documented";

describe("GitlabForge", () => {
  const gitlab = freshGitlab();

  it("H14: finds the last deployment of each environment", async () => {
    const deploy = (id: number, name: string, sha: string, status: string) =>
      gitlab.server.make("deployment", {
        id,
        sha,
        status,
        environment: { ...documented.deployment.environment, name },
      });
    gitlab.server.deployments = [
      deploy(1, "staging", other, "failed"),
      deploy(3, "staging", commit, "success"),
      deploy(2, "prod", other, "running"),
    ];
    assert.deepEqual(
      mustFind(await gitlab.forge.deployments()).value.map((one) => [
        one.environment,
        one.commit,
        one.outcome,
        one.by,
      ]),
      [
        ["staging", commit, "success", "root"],
        ["prod", other, "pending", "root"],
      ],
    );
    assert.equal(mustFind(await gitlab.forge.deployments("prod")).value.length, 1);
  });
});
