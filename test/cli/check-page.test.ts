import assert from "node:assert/strict";
import { checkPage } from "../../cli/check-page";
import { judgeAll } from "../../lib/release/gates/judge";
import { facts, not, policy, unknown } from "../release/gates/world";

describe("page of a check", () => {
  const rules = policy({
    gates: ["F11", "N3", "A15", "F20"],
    overrides: [{ gate: "A15", reason: "a test\u001b[2J bench", by: "carol" }],
  });
  const known = facts({ forgeRelease: not("a page"), tree: not("a clean tree") });
  const page = checkPage(judgeAll("before", rules, known), known);

  it("X4: begins with the verdict, shows what stops the release first, each with what mends it", () => {
    const lines = page.split("\n");
    assert.match(lines[0] ?? "", /^prod · 2026\.11\.2 · release hash a{12} · judged 2026-11-25 18:00 UTC$/);
    assert.match(lines[1] ?? "", /^✗ cannot be released: 1 refuse, 0 wait, 1 warn, 1 pass$/);
    const order = ["✗ N3", "mend:    mend it", "! A15", "overridden by carol", "✓ F11", "– F20"].map(
      (words) => page.indexOf(words),
    );
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    assert.ok(!order.includes(-1), page);
  });

  it("has one line of evidence per service, and of what no service is built from, from the tag to what runs", () => {
    assert.match(page, /^ {2}service +tag +branch +ci +digest +schema +runs now$/m);
    assert.match(page, /^ {2}worker +b{8} ✓ +production ✓ +CI ✓ +sha256:d{12} ✓ +none ✓ +sha256:8{12} ✓$/m);
    assert.match(page, /^ {2}frontend +c{8} ✓ +production ✓ +CI ✓$/m);
    assert.match(page, /^ {2}frontend \(image\) +sha256:c{12} ✓$/m);
    const blind = facts({
      sources: known.sources.map((one) => ({ ...one, branch: unknown, ci: not("green") })),
    });
    assert.match(checkPage(judgeAll("before", rules, blind), blind), /backend +b{8} ✓ +\? +✗/);
  });

  it("shows no control characters, whoever wrote them", () => {
    assert.ok(page.includes("a test�[2J bench"));
    assert.doesNotMatch(page.replaceAll("\n", ""), /\p{Cc}/u);
  });
});
