import type { Evidence, Finding } from "../../evidence/finding";
import type { Problem } from "../../problem";

/** From good to bad. `waiting` cannot be judged yet: it stops a release as `refuse` does, and is never read as `pass`. */
export const verdicts = ["pass", "warn", "waiting", "refuse"] as const;
export type Verdict = (typeof verdicts)[number];

/** One thing that a gate says about one subject. */
export type Judgement = Passed | Objection;

export interface Passed {
  readonly verdict: "pass";
  /** Source, image or environment that it is about. Example: `backend`. */
  readonly of?: string | undefined;
  readonly evidence: Evidence;
}

export interface Objection {
  readonly verdict: "warn" | "waiting" | "refuse";
  readonly of?: string | undefined;
  readonly problem: Problem;
  readonly evidence?: Evidence | undefined;
}

export function pass(evidence: Evidence, of?: string): Passed {
  return { verdict: "pass", evidence, of };
}

export function warn(problem: Problem, of?: string): Objection {
  return { verdict: "warn", problem, of };
}

export function refuse(problem: Problem, of?: string): Objection {
  return { verdict: "refuse", problem, of };
}

export function waiting(problem: Problem, of?: string): Objection {
  return { verdict: "waiting", problem, of };
}

/** Judges what was found; what its source contradicts is refused, and where its source could not be asked the gate waits. */
export function given<T>(
  finding: Finding<T>,
  judge: (value: T, evidence: Evidence) => readonly Judgement[],
  of?: string,
): readonly Judgement[] {
  switch (finding.finding) {
    case "found":
      return [
        ...judge(finding.value, finding.evidence),
        ...finding.warnings.map((found) =>
          warn(
            {
              where: finding.evidence.where,
              found,
              allowed: "what needs no warning",
              mend: "look at it before you go on",
            },
            of,
          ),
        ),
      ];
    case "contradicted":
      return [{ verdict: "refuse", problem: finding.problem, evidence: finding.evidence, of }];
    case "unjudged":
      return [waiting(finding.problem, of)];
  }
}

/** The verdict of a whole gate: its worst judgement. Without one nothing was judged, so it waits. */
export function worst(judgements: readonly { readonly verdict: Verdict }[]): Verdict {
  if (judgements.length === 0) return "waiting";
  return judgements.reduce<Verdict>(
    (verdict, one) => (verdicts.indexOf(one.verdict) > verdicts.indexOf(verdict) ? one.verdict : verdict),
    "pass",
  );
}
