import assert from "node:assert/strict";
import type { Finding } from "../../lib/evidence/finding";

/** The value of what must have been found, and its warnings. */
export function mustFind<T>(finding: Finding<T>): {
  value: T;
  warnings: readonly string[];
  what: string;
  by: string;
  when: string;
} {
  assert.equal(finding.finding, "found", JSON.stringify(finding));
  const { what, where, when, by } = finding.evidence;
  assert.ok(what !== "" && where !== "" && by !== "", JSON.stringify(finding.evidence));
  assert.ok(!Number.isNaN(Date.parse(when)), when);
  return { value: finding.value, warnings: finding.warnings, what, by, when };
}

/** The text of a problem that must have been found to stand against it, complete (rule X4). */
export function mustContradict(finding: Finding<unknown>): string {
  assert.equal(finding.finding, "contradicted", JSON.stringify(finding));
  return problemText(finding);
}

/** The text of why nothing could be said. */
export function mustBeUnjudged(finding: Finding<unknown>): string {
  assert.equal(finding.finding, "unjudged", JSON.stringify(finding));
  return problemText(finding);
}

function problemText(finding: Finding<unknown>): string {
  assert.ok(finding.finding !== "found");
  const { where, found, allowed, mend } = finding.problem;
  for (const part of [where, found, allowed, mend]) assert.notEqual(part, "");
  return `${where}: found ${found}; allowed: ${allowed}. Mend: ${mend}`;
}
