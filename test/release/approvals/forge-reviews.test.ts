import assert from "node:assert/strict";
import { count } from "../../../lib/release/approvals/count";
import { fromGithub, fromGitlab, type GithubReview } from "../../../lib/release/approvals/forge-reviews";

const hash = `sha256:${"a".repeat(64)}`;
const hashAt = (commit: string): string | undefined => ({ c1: "sha256:old", c2: hash, c3: hash })[commit];
const people = [{ name: "ana", github: "Ana-G", gitlab: "ana.g" }];
const change = { hash, author: "zoe", lastPusher: "zoe" };
const review = (
  login: string,
  state: string,
  commit: string,
  more: Partial<GithubReview> = {},
): GithubReview => ({
  user: { login, type: "User" },
  state,
  commit_id: commit,
  submitted_at: "2026-11-20T10:00:00Z",
  html_url: "https://forge.test/pull/1#review",
  ...more,
});

describe("reviews of a forge", () => {
  it("H3: a GitHub review counts for what would be released from the reviewed commit", () => {
    const quorum = { role: "reviewer", needed: 3 } as const;
    const tally = count(
      quorum,
      change,
      fromGithub([review("ana-g", "APPROVED", "c2"), review("ben", "APPROVED", "c1")], people, hashAt),
    );
    assert.deepEqual(
      tally.counted.map((one) => one.by),
      ["ana"],
    );
    // c3 is a later push that changes nothing of what would be released: the approval of c2 is still of the same content.
    const same = fromGithub(
      [review("ben", "APPROVED", "c2"), review("cleo", "APPROVED", "c3")],
      people,
      hashAt,
    );
    assert.equal(count(quorum, change, same).counted.length, 2);
  });

  it("H3: comments say nothing, dismissed reviews count for nothing, apps are bots", () => {
    const statements = fromGithub(
      [
        review("ben", "COMMENTED", "c2"),
        review("cleo", "DISMISSED", "c2"),
        review("renovate[bot]", "APPROVED", "c2", { user: { login: "renovate[bot]", type: "Bot" } }),
        review("ghost", "APPROVED", "c2", { user: null }),
      ],
      people,
      hashAt,
    );
    const tally = count({ role: "reviewer", needed: 1 }, change, statements);
    assert.equal(tally.missing, 1);
    assert.deepEqual(
      tally.setAside.map((one) => one.why),
      ["was withdrawn", "is a bot"],
    );
  });

  it("H3: a GitLab approval is of the newest version at its moment", () => {
    const versions = [
      { head_commit_sha: "c2", created_at: "2026-11-20T09:00:00Z" },
      { head_commit_sha: "c1", created_at: "2026-11-19T09:00:00Z" },
    ];
    const approvals = [
      { user: { username: "ben" }, approved_at: "2026-11-19T10:00:00Z" },
      { user: { username: "ANA.G" }, approved_at: "2026-11-20T10:00:00Z" },
      { user: { username: "project_7_bot_1" }, approved_at: "2026-11-20T10:00:00Z" },
      { user: { username: "cleo" }, approved_at: "2026-11-18T10:00:00Z" },
    ];
    const tally = count(
      { role: "reviewer", needed: 1 },
      change,
      fromGitlab({ web_url: "https://forge.test/mr/1" }, approvals, versions, people, hashAt),
    );
    assert.deepEqual(
      tally.counted.map((one) => one.by),
      ["ana"],
    );
    assert.equal(tally.setAside.length, 3);
  });
});
