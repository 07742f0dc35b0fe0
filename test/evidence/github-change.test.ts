import assert from "node:assert/strict";
import { mustContradict, mustFind } from "./assert-finding";
import { commit, freshGithub, other } from "./github-fixture";

describe("a change request on GitHub", () => {
  const github = freshGithub();
  const branch = { ref: "feature", sha: commit };

  beforeEach(() => {
    const pull = github.server.make("pull", {
      number: 7,
      title: "Schema 11.23.0",
      user: github.server.user("ana"),
      merged: false,
      state: "open",
    });
    const head = { ...(pull["head"] as object), ...branch };
    github.server.pulls = [{ ...pull, head }];
    github.server.activities = [
      activity("branch_creation", "ana", other, "2026-11-18T09:00:00Z"),
      activity("force_push", "ben", commit, "2026-11-19T09:00:00Z"),
    ];
  });

  function activity(type: string, login: string, after: string, timestamp: string): Record<string, unknown> {
    const [before, ref, id] = ["0".repeat(40), "refs/heads/feature", github.server.activities.length + 1];
    return {
      id,
      node_id: "x",
      before,
      after,
      ref,
      timestamp,
      activity_type: type,
      actor: github.server.user(login),
    };
  }

  it("H3: finds the author, who pushed what, and each review with the commit it was given for", async () => {
    github.server.reviews = [
      github.server.make("review", {
        user: github.server.user("cem"),
        state: "APPROVED",
        commit_id: commit,
        submitted_at: "2026-11-20T09:00:00Z",
        body: "fine",
      }),
      github.server.make("review", {
        user: github.server.user("dan"),
        state: "COMMENTED",
        commit_id: commit,
        submitted_at: "2026-11-20T08:00:00Z",
      }),
      github.server.make("review", {
        user: github.server.user("eve"),
        state: "CHANGES_REQUESTED",
        commit_id: other,
        submitted_at: "2026-11-18T10:00:00Z",
      }),
      github.server.make("review", {
        user: github.server.user("bot[bot]", "Bot"),
        state: "APPROVED",
        commit_id: commit,
        submitted_at: "2026-11-20T10:00:00Z",
      }),
    ];
    const { value, by } = mustFind(await github.forge.changeRequest(7));
    assert.equal(by, "ana");
    assert.deepEqual(
      [value.number, value.title, value.author, value.head, value.state, value.mergedAs],
      [7, "Schema 11.23.0", { login: "ana", kind: "person" }, commit, "open", undefined],
    );
    assert.deepEqual(
      value.pushes.map((push) => [push.by.login, push.commit]),
      [
        ["ana", other],
        ["ben", commit],
      ],
    );
    assert.deepEqual(
      value.reviews.map((review) => [
        review.by.login,
        review.by.kind,
        review.verdict,
        review.commit,
        review.says,
      ]),
      [
        ["eve", "person", "rejected", other, value.reviews[0]?.says],
        ["cem", "person", "approved", commit, "fine"],
        ["bot[bot]", "bot", "approved", commit, value.reviews[2]?.says],
      ],
    );
  });

  it("H3: a push on an older branch of the same name is none of this request's", async () => {
    github.server.activities = [
      activity("branch_creation", "old", other, "2026-01-01T00:00:00Z"),
      activity("branch_deletion", "old", "0".repeat(40), "2026-02-01T00:00:00Z"),
      ...github.server.activities,
    ];
    assert.deepEqual(
      mustFind(await github.forge.changeRequest(7)).value.pushes.map((push) => push.by.login),
      ["ana", "ben"],
    );
  });

  it("H3: where the activity does not reach the head, nobody is said to have pushed", async () => {
    github.server.activities.pop();
    assert.deepEqual(mustFind(await github.forge.changeRequest(7)).value.pushes, []);
  });

  it("H3: names the commit that a merged request became", async () => {
    Object.assign(github.server.pulls[0] ?? {}, { merged: true, state: "closed", merge_commit_sha: other });
    const { value } = mustFind(await github.forge.changeRequest(7));
    assert.deepEqual([value.state, value.mergedAs], ["merged", other]);
  });

  it("finds the requests of a commit", async () => {
    assert.deepEqual(mustFind(await github.forge.changeRequestsOf(commit)).value, [7]);
  });

  it("refuses a request that is not there", async () => {
    assert.match(mustContradict(await github.forge.changeRequest(8)), /no pull request #8/);
  });
});
