import assert from "node:assert/strict";
import { checkPage } from "../../cli/check-page";
import { loadStack } from "../../cli/gated-stack";
import { factsFor } from "../../cli/gathered";
import { judgeAll, type Report } from "../../lib/release/gates/judge";
import { GithubServer } from "../evidence/github-server";
import { ReleaseWorld } from "./release-world";

describe("check with a forge", function () {
  // Time for the first build of the registry, where the cache has none yet.
  this.timeout(600_000);

  let world: ReleaseWorld;
  let server: GithubServer;
  let first: string;
  let head: string;

  const check = async (pullRequest?: number): Promise<{ report: Report; page: string }> => {
    const stack = await loadStack(world.folder, "staging");
    const facts = await factsFor(world.folder, stack, { pullRequest });
    const report = judgeAll("before", stack.policy, facts);
    return { report, page: checkPage(report, facts) };
  };
  const verdict = ({ report }: { report: Report }, id: string): string | undefined =>
    report.gates.find((gate) => gate.id === id)?.verdict;
  const review = (login: string, commit: string): void => {
    const one = {
      user: server.user(login),
      state: "APPROVED",
      commit_id: commit,
      submitted_at: "2026-11-20T09:00:00Z",
    };
    server.reviews.push(server.make("review", one));
  };

  beforeEach(async () => {
    world = await ReleaseWorld.start();
    server = await GithubServer.start();
    const forge = `{ kind: github, project: microbiomedata/nmdc-runtime, api: ${server.api} }`;
    const gated = world
      .read("Pulumi.staging.yaml")
      .replace("clone: ../runtime", `clone: ../runtime\n      forge: ${forge}`)
      .replace("preset: nmdc", "preset: nmdc, add: [H3]")
      .replace(
        "{ reviewers: 2, allowedSigners: .slipway/allowed_signers }",
        `{ reviewers: 2, reviews: ${forge} }`,
      );
    first = world.project.commit("another release", {
      "Pulumi.staging.yaml": gated.replace("replicas: 2", "replicas: 3"),
    });
    head = world.project.commit("this release", { "Pulumi.staging.yaml": gated });
    const run = {
      head_sha: world.commit,
      status: "completed",
      name: "Python application",
      conclusion: "success",
      event: "push",
      run_number: 1,
    };
    server.runs = [server.make("run", { ...run, path: ".github/workflows/python-app.yml@main" })];
    const pull = server.make("pull", {
      number: 7,
      title: "this release",
      user: server.user("ana"),
      merged: false,
      state: "open",
    });
    server.pulls = [{ ...pull, head: { ...(pull["head"] as object), ref: "feature", sha: head } }];
    const push = {
      id: 1,
      node_id: "x",
      before: "0".repeat(40),
      after: head,
      ref: "refs/heads/feature",
      timestamp: "2026-11-19T09:00:00Z",
    };
    server.activities = [{ ...push, activity_type: "push", actor: server.user("ben") }];
  });
  afterEach(async () => {
    await server.stop();
    await world.stop();
  });

  it("N1: the CI run of exactly the released commit is the evidence", async () => {
    const green = await check(7);
    assert.equal(verdict(green, "N1"), "pass", green.page);
    assert.match(green.page, /CI Python application: success/);
    Object.assign(server.runs[0] ?? {}, { conclusion: "failure" });
    assert.equal(verdict(await check(7), "N1"), "refuse");
  });

  it("H3: reviews count for what would be released from the reviewed commit; author and last pusher do not", async () => {
    for (const login of ["ana", "ben", "cem"]) review(login, head);
    review("dan", first);
    const one = await check(7);
    assert.equal(verdict(one, "H3"), "refuse", one.page);
    assert.match(
      one.page,
      /1 of 2 as reviewer .*ana is the author.*ben pushed last.*dan approved [0-9a-f]{12}, and that has changed since/,
    );
    review("eve", head);
    const two = await check(7);
    assert.equal(verdict(two, "H3"), "pass", two.page);
  });

  it("H3: a later push that changes nothing of the release keeps the approvals", async () => {
    review("cem", head);
    review("eve", head);
    world.project.commit("notes", { "README.md": "more words" });
    const after = await check(7);
    assert.equal(verdict(after, "H3"), "pass", after.page);
  });

  for (const [status, words] of [
    [401, /401|token/i],
    [500, /500/],
  ] as const) {
    it(`X4: a forge that answers ${status} makes its gates wait, the others are judged`, async () => {
      server.fault = () => ({ status, body: "{}" });
      const blind = await check(7);
      for (const id of ["N1", "H3"]) assert.equal(verdict(blind, id), "waiting", `${id}: ${blind.page}`);
      assert.equal(verdict(blind, "N4"), "pass");
      assert.match(blind.page, words);
    });
  }
});
