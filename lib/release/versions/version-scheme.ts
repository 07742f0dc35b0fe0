import type { DateTime } from "luxon";
import { Refusal } from "../../problem";
import { quoted } from "../references/quoted";

/** How far a version may go (F3): to users, to staging at most, or nowhere: it is built, and that is all. */
export type Reach = "production" | "staging-only" | "build-only";

/** A judgement on a text that claims to be a version: always one, never an error (F3). */
export interface Verdict {
  readonly reach: Reach;
  /** Why it goes that far and no farther. */
  readonly reason: string;
  /** Legal, but a person should see it. */
  readonly warnings: readonly string[];
}

/** A version as its scheme understands it. `Scheme.parse(version.toString())` is the same version. */
export interface Version {
  /** Name of its scheme, as in the config. */
  readonly scheme: string;
  readonly verdict: Verdict;
  /** The only environment that it was made for (H9). */
  readonly madeFor?: string;
  /** F20: a repair of a release, which reaches production in the hot-fix lane alone. */
  readonly hotFix?: boolean;
  /** Negative when this one comes first, 0 when both are the same; undefined where the scheme has no order between the two. */
  compare(other: Version): number | undefined;
  /** The version exactly as it was written. */
  toString(): string;
}

/** What the next version is wanted for. Each scheme knows some of these. */
export type NextRequest =
  | { readonly step: "patch" | "minor" | "major" | "release" | "candidate" }
  /** F20: a repair of what runs in production. */
  | { readonly step: "hot-fix"; readonly production: string }
  /** H7, H9: the tag that an image gets when it is released to an environment. */
  | { readonly step: "retag"; readonly environment: string; readonly commit: string };
export type Step = NextRequest["step"];

/** A version that may be made now. */
export interface LegalVersion {
  readonly step: Step;
  readonly version: Version;
  readonly warnings: readonly string[];
}

/** One way of naming releases: small, strict, and never guessing. */
export interface VersionScheme {
  /** As it stands in the config. */
  readonly name: string;
  /** The form in words, for messages. Example: "vX.Y.Z". */
  readonly form: string;
  readonly steps: readonly Step[];
  /** @throws Refusal for a text that is not exactly of this form: nothing is trimmed, completed or coerced. */
  parse(text: string, where?: string): Version;
  /**
   * The next version after all that exist; tags of other forms among them are left aside.
   * @param now gives the date, in the zone that the system's people live in.
   * @throws Refusal for a step that the scheme does not know, or when what exists allows no next one.
   */
  next(request: NextRequest, existing: readonly string[], now: DateTime): Version;
  /** Every version that may be made now (N2: three of them), `production` being what runs there. */
  legal(existing: readonly string[], now: DateTime, production?: string): readonly LegalVersion[];
}

/** The verdict on any text under a scheme; what the scheme does not understand is built and goes no farther (F3). */
export function verdictOn(scheme: VersionScheme, text: string): Verdict {
  return (
    read(scheme, text)?.verdict ?? {
      reach: "build-only",
      reason: `not of the form ${scheme.form}`,
      warnings: [],
    }
  );
}

/** The version that a text is under a scheme, or undefined where it is none. */
export function read(scheme: VersionScheme, text: string): Version | undefined {
  return understood((tag) => scheme.parse(tag), [text])[0];
}

/** The versions of one scheme among a repository's tags. */
export function understood<V extends Version>(
  read: (text: string) => V,
  tags: readonly string[],
): readonly V[] {
  return tags.flatMap((tag) => {
    try {
      return [read(tag)];
    } catch (error) {
      if (error instanceof Refusal) return [];
      throw error;
    }
  });
}

/** What a scheme says to a text that is not one of its versions. */
export function notAVersion(scheme: string, form: string, text: string, where: string): Refusal {
  return new Refusal(`${scheme} version`, [
    {
      where,
      found: quoted(text),
      allowed: form,
      mend: "write the tag exactly as the repository has it; nothing is guessed",
    },
  ]);
}

/** What a scheme says to a step that it does not know. */
export function unknownStep(scheme: Pick<VersionScheme, "name" | "steps">, step: Step): Refusal {
  return new Refusal(`${scheme.name} version`, [
    {
      where: "step",
      found: step,
      allowed:
        scheme.steps.length === 0
          ? "no step: this scheme's versions are not counted"
          : scheme.steps.join(", "),
      mend: "choose one of these, or another version scheme in the stack file",
    },
  ]);
}
