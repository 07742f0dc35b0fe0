import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { gateIds } from "../../lib/release/gates/catalogue";
import { rulesOf, testTitles } from "./test-titles";

/** A rule's row in docs/rules.md. */
interface Row {
  readonly id: string;
  readonly enforced: readonly string[];
  readonly tested: readonly string[];
  /** Why it has no test yet. */
  readonly notYet: string | undefined;
}

function rows(): readonly Row[] {
  const quoted = (cell: string): readonly string[] =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
  return readFileSync(join(packageRoot(), "docs", "rules.md"), "utf8")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, id = ""]) => /^[A-Z]\d+$/.test(id))
    .map(([, id = "", , enforced = "", tested = ""]) => ({
      id,
      enforced: quoted(enforced),
      tested: quoted(tested),
      notYet: /^not yet: (.{10,})/.exec(tested)?.[1],
    }));
}

/** The ids that the rulebook has, in its order. */
const rulebook = [
  { letter: "N", first: 1, last: 18 },
  { letter: "X", first: 1, last: 5 },
  { letter: "F", first: 1, last: 26 },
  { letter: "A", first: 1, last: 20 },
  { letter: "H", first: 0, last: 25 },
  { letter: "W", first: 1, last: 4 },
].flatMap(({ letter, first, last }) =>
  Array.from({ length: last - first + 1 }, (_, index) => `${letter}${first + index}`),
);

describe("docs/rules.md", () => {
  const table = rows();
  const titles = testTitles(packageRoot());

  it("has every rule of the rulebook once, in its order, and no other", () => {
    assert.deepEqual(
      table.map(({ id }) => id),
      rulebook,
    );
  });

  it("names only files that exist, and none of what is nowhere enforced is said to be tested", () => {
    const missing = table.flatMap(({ id, enforced, tested }) =>
      [...enforced, ...tested]
        .filter((path) => !existsSync(join(packageRoot(), path)))
        .map((path) => `${id}: ${path}`),
    );
    assert.deepEqual(missing, []);
    assert.deepEqual(
      table.filter(({ enforced, tested }) => enforced.length === 0 && tested.length > 0),
      [],
    );
  });

  it("says of each rule where it is tested, or why it is not yet", () => {
    assert.deepEqual(
      table.filter(({ tested, notYet }) => (tested.length === 0) === (notYet === undefined)),
      [],
    );
  });

  it("is true of the tests: each file that it names has a title that begins with the rule's id", () => {
    const wrong = table.flatMap(({ id, tested }) =>
      tested
        .filter((file) => !titles.some((title) => title.file === file && rulesOf(title).includes(id)))
        .map((file) => `${id}: no title in ${file}`),
    );
    assert.deepEqual(wrong, []);
  });

  it("calls no rule untested that a title names, and knows every id in a title", () => {
    const untested = new Set(table.filter(({ notYet }) => notYet !== undefined).map(({ id }) => id));
    const wrong = titles.flatMap((title) =>
      rulesOf(title)
        .filter((id) => untested.has(id) || !rulebook.includes(id))
        .map((id) => `${id}: ${title.file}: ${title.title}`),
    );
    assert.deepEqual(wrong, []);
  });

  it("has every gate of the program", () => {
    assert.deepEqual(
      gateIds.filter((id) => !table.some((row) => row.id === id)),
      [],
    );
  });
});

describe("titles of tests", () => {
  const at = (title: string): readonly string[] => rulesOf({ file: "", title });

  it("name their rules at the start, and nowhere else", () => {
    assert.deepEqual(at("N4, X1: runs images by digest"), ["N4", "X1"]);
    assert.deepEqual(at("runs images by digest (N4)"), []);
    assert.deepEqual(at("N4 runs images by digest"), []);
  });
});
