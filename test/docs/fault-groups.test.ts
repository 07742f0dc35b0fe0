import assert from "node:assert/strict";
import { packageRoot } from "../../lib/package-root";
import { testTitles } from "./test-titles";

/** The groups of the fault list that a title begins with: `8, 9: …` names two, `1–5: …` five, `37, X2: …` one. */
function groupsOf(title: string): readonly number[] {
  const names = /^((?:[A-Z]?\d+(?:–\d+)?)(?:, [A-Z]?\d+(?:–\d+)?)*):/.exec(title)?.[1]?.split(", ") ?? [];
  return names.flatMap((name) => {
    const [from = NaN, to = from] = name.split("–").map(Number);
    return Number.isNaN(from) ? [] : Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}

describe("The fault list of a data release", () => {
  it("has a test for each of its groups, 1 to 42, which begins with its number", () => {
    const tried = new Set(testTitles(packageRoot()).flatMap(({ title }) => groupsOf(title)));
    const groups = Array.from({ length: 42 }, (_, at) => at + 1);
    assert.deepEqual(
      groups.filter((group) => !tried.has(group)),
      [],
    );
  });

  it("is read from the beginning of titles only", () => {
    assert.deepEqual(groupsOf("8, 9: a flipped bit"), [8, 9]);
    assert.deepEqual(groupsOf("1–5: SIGKILL"), [1, 2, 3, 4, 5]);
    assert.deepEqual(groupsOf("37, X2: the plan"), [37]);
    assert.deepEqual(groupsOf("N5: 12 pods"), []);
    assert.deepEqual(groupsOf("12 pods"), []);
  });
});
