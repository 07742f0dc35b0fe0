import assert from "node:assert/strict";
import type { ChangeRequest, Review } from "../../../lib/evidence/forge";
import { count } from "../../../lib/release/approvals/count";
import { changeOf, reviewStatements } from "../../../lib/release/approvals/forge-reviews";

const hash = `sha256:${"a".repeat(64)}`;
const hashAt = (commit: string): string | undefined => ({ c1: "sha256:old", c2: hash, c3: hash })[commit];
const people = [{ name: "ana", github: "Ana-G", gitlab: "ana.g" }];
const review = (
  login: string,
  verdict: Review["verdict"],
  commit: string,
  kind: "person" | "bot" = "person",
): Review => ({
  by: { login, kind },
  verdict,
  commit,
  at: "2026-11-20T10:00:00Z",
  link: "https://forge.test/pull/1#review",
  says: "",
});
const request = (reviews: readonly Review[], pushers: readonly string[] = ["zoe"]): ChangeRequest => ({
  number: 1,
  title: "release",
  link: "https://forge.test/pull/1",
  author: { login: "yan", kind: "person" },
  into: "main",
  head: "c3",
  state: "open",
  pushes: pushers.map((login) => ({
    by: { login, kind: "person" },
    commit: "c3",
    at: "2026-11-19T10:00:00Z",
  })),
  reviews,
});
const tally = (reviews: readonly Review[], pushers?: readonly string[]): ReturnType<typeof count> => {
  const made = request(reviews, pushers);
  const change = changeOf("github", made, people, hash);
  assert.ok(change);
  return count({ role: "reviewer", needed: 2 }, change, reviewStatements("github", made, people, hashAt));
};

describe("reviews of a forge", () => {
  it("H3: a review counts for what would be released from the reviewed commit, not for the commit", () => {
    assert.equal(
      tally([review("ben", "approved", "c2"), review("cleo", "approved", "c3")]).missing,
      0,
      "c3 changed nothing of the release",
    );
    assert.equal(
      tally([review("ben", "approved", "c1"), review("cleo", "approved", "c3")]).missing,
      1,
      "c1 was another release",
    );
    assert.equal(
      tally([review("ben", "approved", "c9"), review("cleo", "approved", "c3")]).missing,
      1,
      "nobody knows what c9 was",
    );
  });

  it("H3: dismissed reviews, bots, the author and the last pusher do not count", () => {
    const { counted, setAside } = tally([
      review("ben", "dismissed", "c2"),
      review("renovate", "approved", "c2", "bot"),
      review("yan", "approved", "c2"),
      review("zoe", "approved", "c2"),
    ]);
    assert.deepEqual(counted, []);
    assert.deepEqual(
      setAside.map((one) => one.why),
      ["was withdrawn", "is a bot", "is the author", "pushed last"],
    );
  });

  it("H3: a person is one person under all their names", () => {
    assert.deepEqual(
      tally([review("ana-g", "approved", "c2")], ["ben", "ANA-G"]).setAside.map((one) => one.why),
      ["pushed last"],
    );
  });

  it("H3: where the forge no longer tells who pushed, nobody's approval can be judged", () => {
    assert.equal(changeOf("github", request([], []), people, hash), undefined);
  });
});
