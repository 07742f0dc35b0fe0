import assert from "node:assert/strict";
import fc from "fast-check";
import { count, type Quorum } from "../../../lib/release/approvals/count";
import type { Change, Statement } from "../../../lib/release/approvals/statement";

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;
const change: Change = { hash: hash("a"), author: "ana", lastPusher: "ben" };
const two: Quorum = { role: "reviewer", needed: 2 };

function says(by: string, more: Partial<Statement> = {}): Statement {
  return {
    by,
    bot: false,
    role: "reviewer",
    says: "approve",
    hash: hash("a"),
    at: "2026-11-20T10:00:00Z",
    evidence: { what: "review", where: "https://forge.test/pull/1", when: "2026-11-20T10:00:00Z", by },
    ...more,
  };
}

describe("count of approvals", () => {
  it("H3: two others are enough", () => {
    const tally = count(two, change, [says("cleo"), says("dora")]);
    assert.equal(tally.missing, 0);
    assert.deepEqual(
      tally.counted.map((one) => one.by),
      ["cleo", "dora"],
    );
  });

  it("H3: the author, the last pusher and a bot do not count, each with its reason", () => {
    const tally = count(two, change, [says("Ana"), says("ben"), says("helper", { bot: true }), says("cleo")]);
    assert.equal(tally.missing, 1);
    assert.deepEqual(
      tally.setAside.map((one) => one.why),
      ["is the author", "pushed last", "is a bot"],
    );
  });

  it("H3: one person who speaks twice, in whatever spelling, counts once", () => {
    assert.equal(count(two, change, [says("cleo"), says("CLEO")]).missing, 1);
  });

  it("H3: a change after the approval voids it", () => {
    const tally = count(two, { ...change, hash: hash("b") }, [
      says("cleo"),
      says("dora", { hash: hash("b") }),
    ]);
    assert.equal(tally.missing, 1);
    assert.match(tally.setAside[0]?.why ?? "", /approved a{12}, and that has changed since/);
  });

  it("H3: an approval of something unknown counts for nothing", () => {
    assert.equal(count(two, change, [says("cleo", { hash: "" }), says("dora")]).missing, 1);
  });

  it("H3: the last word holds, and a rejection stands over later changes", () => {
    const later = "2026-11-20T11:00:00Z";
    const withdrawn = count(two, change, [
      says("cleo"),
      says("cleo", { says: "withdraw", at: later }),
      says("dora"),
    ]);
    assert.equal(withdrawn.missing, 1);
    const rejected = count(two, { ...change, hash: hash("b") }, [says("cleo", { says: "reject" })]);
    assert.deepEqual(
      rejected.rejected.map((one) => one.by),
      ["cleo"],
    );
    const takenBack = count(two, change, [says("cleo", { says: "reject" }), says("cleo", { at: later })]);
    assert.deepEqual(takenBack.rejected, []);
    assert.equal(takenBack.missing, 1);
  });

  it("H5: only named wranglers count as wranglers", () => {
    const quorum: Quorum = { role: "wrangler", needed: 1, eligible: ["Wanda"] };
    assert.equal(count(quorum, change, [says("cleo", { role: "wrangler" })]).missing, 1);
    assert.equal(count(quorum, change, [says("wanda")]).missing, 1, "a review is not a wrangler's word");
    assert.equal(count(quorum, change, [says("wanda", { role: "wrangler" })]).missing, 0);
  });

  it("H3: agrees with a plain reference model over random pushes and reviews", () => {
    const people = ["ana", "ben", "cleo", "dora", "eve"] as const;
    const event = fc.oneof(
      fc.record({
        kind: fc.constant("push" as const),
        by: fc.constantFrom(...people),
        content: fc.constantFrom("a", "b", "c"),
      }),
      fc.record({
        kind: fc.constant("review" as const),
        by: fc.constantFrom(...people, "bot"),
        says: fc.constantFrom("approve" as const, "reject" as const, "withdraw" as const),
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...people),
        fc.array(event, { maxLength: 40 }),
        fc.nat(3),
        (author, events, needed) => {
          // The reference: plays the story forward and keeps, per person, what they last said and of which content.
          let content = "a";
          let lastPusher: string = author;
          const word = new Map<string, { says: string; content: string }>();
          const statements: Statement[] = [];
          events.forEach((one, minute) => {
            if (one.kind === "push") {
              content = one.content;
              lastPusher = one.by;
              return;
            }
            word.set(one.by, { says: one.says, content });
            const at = new Date(Date.UTC(2026, 10, 20, 0, minute)).toISOString();
            statements.push(says(one.by, { says: one.says, hash: hash(content), at, bot: one.by === "bot" }));
          });
          const good = people.filter(
            (name) =>
              name !== author &&
              name !== lastPusher &&
              word.get(name)?.says === "approve" &&
              word.get(name)?.content === content,
          );
          const no = people.filter((name) => word.get(name)?.says === "reject");

          const tally = count(
            { role: "reviewer", needed },
            { hash: hash(content), author, lastPusher },
            statements,
          );
          assert.deepEqual(tally.counted.map((one) => one.by).sort(), [...good].sort());
          assert.deepEqual(tally.rejected.map((one) => one.by).sort(), [...no].sort());
          assert.equal(tally.missing, Math.max(0, needed - good.length));
          assert.equal(
            tally.counted.length + tally.setAside.length,
            statements.length,
            "no statement is lost without a reason",
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});
