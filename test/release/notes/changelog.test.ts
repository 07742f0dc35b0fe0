import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cutRelease, entries, parseChangelog } from "../../../lib/release/notes/changelog";

const golden = (name: string): string =>
  readFileSync(join(__dirname, "..", "..", "golden", "release", name), "utf8");
const address = "https://github.com/cyverse/atmosphere";
const cut = (text: string, release = "v38-0"): string =>
  cutRelease(text, release, "2026-11-16", address, "CHANGELOG.md");

describe("changelog", () => {
  it("A8: is cut from Unreleased to the named release with its compare link, and nothing else changes", () => {
    assert.equal(cut(golden("changelog-before.md")), golden("changelog-after.md"));
  });

  it("A6: what is cut reads back: the release has the entries, Unreleased has none", () => {
    const { sections } = parseChangelog(cut(golden("changelog-before.md")));
    assert.deepEqual(
      sections.map(({ name }) => name),
      ["Unreleased", "v38-0", "v37-5", "v37-4"],
    );
    assert.deepEqual(
      sections.slice(0, 2).map((section) => entries(section).length),
      [0, 4],
    );
    assert.equal(sections[1]?.link, `${address}/compare/v37-5...v38-0`);
    assert.equal(sections[1].date, "2026-11-16");
  });

  it("A6: refuses when nothing is unreleased, so that a release is cut once", () => {
    const once = cut(golden("changelog-before.md"));
    assert.throws(() => cut(once), /a section v38-0/);
    assert.throws(() => cut(once, "v38-1"), /nothing under Unreleased.*CHANGELOG\.md/);
    assert.throws(() => cut("# Changelog\n"), /no section Unreleased/);
  });

  it("A8: refuses placeholders of the template that nobody filled in", () => {
    const text = golden("changelog-before.md").replace(
      "### Fixed",
      "### Deprecated\n  - <for soon-to-be removed features>\n### Fixed",
    );
    assert.throws(() => cut(text), /<for soon-to-be removed features>/);
  });

  it("A8: keeps Windows' line ends, and takes code for code even where it looks like a heading", () => {
    const text = "## Unreleased\r\n- a\r\n```\r\n## v9-9\r\n```\r\n";
    const after = cut(text);
    assert.ok(!after.replaceAll("\r\n", "").includes("\n"));
    assert.deepEqual(
      parseChangelog(after).sections.map(({ name }) => name),
      ["Unreleased", "v38-0"],
    );
    assert.match(after, /\/releases\/tag\/v38-0\) - 2026-11-16/);
  });
});
