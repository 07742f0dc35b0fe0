import type { DateTime } from "luxon";
import {
  type LegalVersion,
  type NextRequest,
  notAVersion,
  understood,
  unknownStep,
  type Verdict,
  type Version,
  type VersionScheme,
} from "./version-scheme";
import { compareNumbers, wholeNumber } from "./whole-number";

const prefixes = ["release-v", "release-", "v", ""] as const;
type Prefix = (typeof prefixes)[number];

/** A7: `34-1`: the major number per development cycle, the minor one per hot-fix; the image's tag may say `release-v37-2`. */
export class MajorMinorVersion implements Version {
  readonly scheme = "major-minor";
  readonly verdict: Verdict = { reach: "production", reason: "a tag of the form Major-Minor", warnings: [] };

  constructor(
    private readonly prefix: Prefix,
    readonly major: number,
    readonly minor: number,
  ) {}

  /** The prefix is spelling: `v37-2` and its image `release-v37-2` are one version. */
  compare(other: Version): number | undefined {
    if (!(other instanceof MajorMinorVersion)) return undefined;
    return compareNumbers([this.major, this.minor], [other.major, other.minor]);
  }

  /** The tags that the image of this version goes by in practice, newest habit first. */
  get imageTags(): readonly string[] {
    const tag = `${this.prefix.replace(/^release-/, "")}${this.major}-${this.minor}`;
    return [`release-${tag}`, tag];
  }

  toString(): string {
    return `${this.prefix}${this.major}-${this.minor}`;
  }

  /** A version one step on, spelt as this one. */
  after(step: "major" | "minor"): MajorMinorVersion {
    return step === "major"
      ? new MajorMinorVersion(this.prefix, this.major + 1, 0)
      : new MajorMinorVersion(this.prefix, this.major, this.minor + 1);
  }
}

export class MajorMinorScheme implements VersionScheme {
  readonly name = "major-minor";
  readonly form =
    "MAJOR-MINOR, with or without `v`, for images also with `release-` (34-1, v37-2, release-v37-2)";
  readonly steps = ["minor", "major", "hot-fix"] as const;

  parse(text: string, where = "version"): MajorMinorVersion {
    const prefix = prefixes.find((known) => text.startsWith(known)) ?? "";
    const [major, minor, ...rest] = text.slice(prefix.length).split("-").map(wholeNumber);
    if (major === undefined || minor === undefined || rest.length > 0) {
      throw notAVersion(this.name, this.form, text, where);
    }
    return new MajorMinorVersion(prefix, major, minor);
  }

  next(request: NextRequest, existing: readonly string[]): MajorMinorVersion {
    const versions = understood((tag) => this.parse(tag), existing);
    switch (request.step) {
      case "major":
        return highest(versions)?.after("major") ?? new MajorMinorVersion("v", 1, 0);
      case "minor":
        return highest(versions)?.after("minor") ?? new MajorMinorVersion("v", 1, 0);
      case "hot-fix": {
        // A19: a repair of what users have, even when a later cycle has begun.
        const repaired = this.parse(request.production, "version in production");
        return (highest(versions.filter(({ major }) => major === repaired.major)) ?? repaired).after("minor");
      }
      default:
        throw unknownStep(this, request.step);
    }
  }

  legal(existing: readonly string[], _now: DateTime, production?: string): readonly LegalVersion[] {
    const steps: readonly NextRequest[] = [
      { step: "minor" },
      { step: "major" },
      ...(production === undefined ? [] : [{ step: "hot-fix", production } as const]),
    ];
    return steps.map((request) => ({
      step: request.step,
      version: this.next(request, existing),
      warnings: [],
    }));
  }
}

function highest(versions: readonly MajorMinorVersion[]): MajorMinorVersion | undefined {
  return versions.reduce<MajorMinorVersion | undefined>(
    (high, version) => (high === undefined || (version.compare(high) ?? 0) > 0 ? version : high),
    undefined,
  );
}
