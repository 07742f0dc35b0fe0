import type { Problem } from "../../problem";
import { quoted } from "../references/quoted";
import { isMoving } from "./moving-reference";
import { read, type Verdict, verdictOn, type VersionScheme } from "./version-scheme";

/** What an environment is for; it decides which versions may go there. */
export type Grade = "development" | "staging" | "production";

/** An environment, as far as versions care. */
export interface GradedEnvironment {
  readonly name: string;
  readonly grade: Grade;
  /** F20: this release goes by the hot-fix lane. */
  readonly hotFixLane: boolean;
}

/** Whether a version may go to an environment, and what to tell the person who asked. */
export type Fit =
  | { readonly fits: true; readonly verdict: Verdict }
  | { readonly fits: false; readonly verdict: Verdict; readonly problem: Problem };

const reaches: Record<Grade, readonly Verdict["reach"][]> = {
  development: ["production", "staging-only", "build-only"],
  staging: ["production", "staging-only"],
  production: ["production"],
};

/** Judges a version for one environment (F3, F4, F12, F20, H9, X1). */
export function fitFor(scheme: VersionScheme, text: string, environment: GradedEnvironment): Fit {
  const version = isMoving(text) ? undefined : read(scheme, text);
  const verdict = isMoving(text) ? moving(text) : verdictOn(scheme, text);
  const refuse = (allowed: string, mend: string): Fit => ({
    fits: false,
    verdict,
    problem: {
      where: `version for ${environment.name}`,
      found: `${quoted(text)}, ${verdict.reason}`,
      allowed,
      mend,
    },
  });
  if (version?.madeFor !== undefined) {
    if (version.madeFor === environment.name) return { fits: true, verdict };
    return refuse(
      `a tag that was released to ${environment.name} (H9)`,
      `slipway release ${environment.name}`,
    );
  }
  if (reaches[environment.grade].includes(verdict.reach)) return { fits: true, verdict };
  if (version?.hotFix === true && environment.hotFixLane) return { fits: true, verdict };
  return refuse(
    `a version that may go to ${environment.grade}: ${scheme.form}`,
    environment.grade === "production"
      ? "promote what was verified before it: slipway promote"
      : "tag a version of that form",
  );
}

function moving(text: string): Verdict {
  return {
    reach: "staging-only",
    reason: "a reference that moves",
    warnings: [`${quoted(text)} moves: what runs is the digest that a trigger resolved and committed (X1)`],
  };
}
