import type { Problem } from "../problem";

/** A fact with its source, as it is shown by a gate and kept in a release's record. */
export interface Evidence {
  /** The fact, in a few words. Example: `CI "Python application" succeeded for 1c70497`. */
  readonly what: string;
  /** Where it can be looked up again: an address, a file with its line, a command. */
  readonly where: string;
  /** When it became so, or was looked up where its source gives no time: ISO 8601, UTC. */
  readonly when: string;
  /** Who or what made it so: a login, a name, a service. Example: `github-actions`. */
  readonly by: string;
}

/**
 * What came of looking for one fact. The three are kept apart because a gate must never pass on what nobody could look at:
 * `found` may pass, `contradicted` refuses, `unjudged` makes it wait.
 */
export type Finding<T> =
  | {
      readonly finding: "found";
      readonly value: T;
      readonly evidence: Evidence;
      /** True, yet a person should know of it. Example: a recorded exception was used. */
      readonly warnings: readonly string[];
    }
  /** Its source was asked and says otherwise, or that there is no such thing. */
  | { readonly finding: "contradicted"; readonly problem: Problem; readonly evidence: Evidence }
  /** Its source could not be asked: no network, no token, a shallow clone; `pending` where it only needs time. */
  | { readonly finding: "unjudged"; readonly problem: Problem; readonly pending: boolean };

export function found<T>(value: T, evidence: Evidence, warnings: readonly string[] = []): Finding<T> {
  return { finding: "found", value, evidence, warnings };
}

export function contradicted(problem: Problem, evidence: Evidence): Finding<never> {
  return { finding: "contradicted", problem, evidence };
}

/** What the stack file names is not there. @param where the place that was asked. */
export function absent(where: string, what: string, evidence: Evidence): Finding<never> {
  const mend = "correct the name in the stack file";
  return contradicted({ where, found: `no ${what}`, allowed: "one that is there", mend }, evidence);
}

export function unjudged(problem: Problem, pending = false): Finding<never> {
  return { finding: "unjudged", problem, pending };
}

/** Goes on with the value of what was found; what was not found stays as it is. */
export async function andThen<T, U>(
  finding: Finding<T>,
  next: (value: T) => Promise<Finding<U>>,
): Promise<Finding<U>> {
  if (finding.finding !== "found") return finding;
  const after = await next(finding.value);
  return after.finding === "found" ? { ...after, warnings: [...finding.warnings, ...after.warnings] } : after;
}

/** The same finding with another value: source and warnings stay. */
export function mapFound<T, U>(finding: Finding<T>, change: (value: T) => U): Finding<U> {
  return finding.finding === "found" ? { ...finding, value: change(finding.value) } : finding;
}
