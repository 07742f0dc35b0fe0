import type { Problem } from "../../problem";
import type { Evidence, Fact } from "./fact";

/** From good to bad. `waiting` cannot be judged yet: it stops a release as `refuse` does, and is never read as `pass`. */
export const verdicts = ["pass", "warn", "waiting", "refuse"] as const;
export type Verdict = (typeof verdicts)[number];

/** One thing that a gate found about one subject. */
export type Finding =
  | { readonly verdict: "pass"; readonly of?: string; readonly evidence: Evidence }
  | {
      readonly verdict: "warn" | "waiting" | "refuse";
      /** Source, image or environment that it is about. Example: `backend`. */
      readonly of?: string;
      readonly problem: Problem;
      readonly evidence?: Evidence;
    };

export function pass(evidence: Evidence, of?: string): Finding {
  return { verdict: "pass", evidence, ...(of === undefined ? {} : { of }) };
}

export function warn(problem: Problem, of?: string): Finding {
  return { verdict: "warn", problem, ...(of === undefined ? {} : { of }) };
}

export function refuse(problem: Problem, of?: string): Finding {
  return { verdict: "refuse", problem, ...(of === undefined ? {} : { of }) };
}

export function waiting(problem: Problem, of?: string): Finding {
  return { verdict: "waiting", problem, ...(of === undefined ? {} : { of }) };
}

/** Judges a fact where it is known; where it is not, the gate waits and says what would make it known. */
export function given<T>(
  fact: Fact<T>,
  judge: (value: T, evidence: Evidence) => readonly Finding[],
  of?: string,
): readonly Finding[] {
  if (fact.known) return judge(fact.value, fact.evidence);
  const problem = { where: fact.what, found: fact.why, allowed: "a known answer", mend: fact.mend };
  return [waiting(problem, of)];
}

/** The verdict of a whole gate: its worst finding. Without a finding nothing was judged, so it waits. */
export function worst(findings: readonly { readonly verdict: Verdict }[]): Verdict {
  if (findings.length === 0) return "waiting";
  return findings.reduce<Verdict>(
    (verdict, finding) =>
      verdicts.indexOf(finding.verdict) > verdicts.indexOf(verdict) ? finding.verdict : verdict,
    "pass",
  );
}
