import type { DateTime } from "luxon";
import { Refusal } from "../../problem";
import { quoted } from "../references/quoted";
import { retagEnvironments, retagForm, RetagVersion } from "./retag-version";
import {
  type LegalVersion,
  type NextRequest,
  understood,
  unknownStep,
  type VersionScheme,
} from "./version-scheme";

/** H7, H9: image tags that say for which environment, from which commit and when. */
export class RetagScheme implements VersionScheme {
  readonly name = "environment-commit-time";
  readonly form = retagForm;
  readonly steps = ["retag"] as const;

  parse(text: string, where = "version"): RetagVersion {
    return RetagVersion.parse(text, where);
  }

  next(request: NextRequest, existing: readonly string[], now: DateTime): RetagVersion {
    if (request.step !== "retag") throw unknownStep(this, request.step);
    const environment = retagEnvironments.find((name) => name === request.environment);
    if (environment === undefined || !/^[0-9a-f]{8,64}$/.test(request.commit)) {
      throw new Refusal(`${this.name} version`, [
        {
          where: "new tag",
          found: `environment ${quoted(request.environment)}, commit ${quoted(request.commit)}`,
          allowed: `environment ${retagEnvironments.join(", ")}; a commit id of at least 8 hex digits`,
          mend: "name the environment as the tags do, and the commit that the image was built from",
        },
      ]);
    }
    const made = RetagVersion.make(environment, request.commit, now);
    const later = understood((tag) => this.parse(tag), existing).find(
      (version) => (version.compare(made) ?? -1) >= 0,
    );
    if (later === undefined) return made;
    throw new Refusal(`${this.name} version`, [
      {
        where: "tags",
        found: `${quoted(later.toString())}, which is not before ${made.toString()}`,
        allowed: "tags made earlier than now",
        mend: "set this machine's clock, or wait a second and try again",
      },
    ]);
  }

  /** None: a tag of this form is made by a release, never chosen. */
  legal(): readonly LegalVersion[] {
    return [];
  }
}
