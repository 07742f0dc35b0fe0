import assert from "node:assert/strict";
import { countSarif } from "../../lib/evidence/sarif";

interface Rule {
  readonly id: string;
  readonly score?: string | number;
}

/** A report in the form that image scanners write. */
function report(rules: readonly Rule[], results: readonly object[]): string {
  const listed = rules.map(({ id, score }) => ({
    id,
    ...(score === undefined ? {} : { properties: { "security-severity": score } }),
  }));
  return JSON.stringify({
    version: "2.1.0",
    runs: [{ tool: { driver: { name: "scanner", rules: listed } }, results }],
  });
}

const none = { critical: 0, high: 0, medium: 0, low: 0 };

describe("report of a vulnerability scanner", () => {
  it("F25: grades by the CVSS score: low to 3.9, medium to 6.9, high to 8.9, critical from 9.0", () => {
    const scores = ["0.0", "0.1", "3.9", "4.0", "6.9", "7.0", "8.9", "9.0", 10];
    const rules = scores.map((score, index) => ({ id: `CVE-${index}`, score }));
    const counts = countSarif(
      report(
        rules,
        rules.map(({ id }) => ({ ruleId: id })),
      ),
    );
    assert.deepEqual(counts, { low: 2, medium: 2, high: 2, critical: 2 });
  });

  it("F25: counts a vulnerability once, however many packages have it, and none that was suppressed", () => {
    const rules = [
      { id: "CVE-1", score: "9.8" },
      { id: "CVE-2", score: "5.0" },
    ];
    const results = [
      { ruleId: "CVE-1" },
      { ruleId: "CVE-1", locations: [{}] },
      { ruleIndex: 1 },
      { ruleId: "CVE-3", level: "error", suppressions: [{ kind: "external" }] },
    ];
    assert.deepEqual(countSarif(report(rules, results)), { ...none, critical: 1, medium: 1 });
  });

  it("F25: grades by the level where no score is given, and takes the worst of several", () => {
    const results = [
      { ruleId: "a", level: "error" },
      { ruleId: "b", level: "note" },
      { ruleId: "b", level: "warning" },
      { ruleId: "c" },
      { ruleId: "d", level: "none" },
      { ruleId: "e", level: "note", properties: { "security-severity": "9.1" } },
    ];
    assert.deepEqual(countSarif(report([], results)), { critical: 1, high: 1, medium: 2, low: 0 });
  });

  it("F25: a clean report counts nothing; what is no report is none", () => {
    assert.deepEqual(countSarif(report([], [])), none);
    for (const text of ["", "{}", "no JSON", '{"version":"1.0","runs":[]}', '{"version":"2.1.0","runs":[]}'])
      assert.equal(countSarif(text), undefined, text);
  });
});
