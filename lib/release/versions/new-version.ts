import type { DateTime } from "luxon";
import { Refusal } from "../../problem";
import { quoted } from "../references/quoted";
import { type LegalVersion, read, type VersionScheme } from "./version-scheme";

/** What a repository has when a new version is to be made. */
export interface Making {
  /** Every tag of the repository. */
  readonly existing: readonly string[];
  /** Now, in the zone that the system's people live in. */
  readonly now: DateTime;
  /** The version that runs in production; without it no hot-fix is legal. */
  readonly production?: string;
}

/**
 * Judges a version that somebody wants to make (N2, F2, F20). Deploying a tag that exists is not making one, and not judged here.
 * @throws Refusal when it is of another form, exists already (however it is spelt), is lower than the last, or skips one; each
 * time with the versions that are legal.
 */
export function judgeNewVersion(scheme: VersionScheme, text: string, making: Making): LegalVersion {
  const wanted = scheme.parse(text, "new version");
  const legal = scheme.legal(making.existing, making.now, making.production);
  const same = making.existing.find((tag) => tag === text || read(scheme, tag)?.compare(wanted) === 0);
  const match = legal.find(({ version }) => version.toString() === text);
  if (same === undefined && match !== undefined) return match;
  throw new Refusal("new version", [
    {
      where: "new version",
      found:
        same === undefined
          ? quoted(text)
          : `${quoted(text)}, which exists${same === text ? "" : ` as ${quoted(same)}`}`,
      allowed:
        legal.map(({ step, version }) => `${version.toString()} (${step})`).join(", ") ||
        "none: this scheme counts no versions",
      mend: "slipway next prints the next version",
    },
  ]);
}
