import { SemVer } from "semver";
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

/** N2: `vX.Y.Z` by Semantic Versioning 2, strictly; or `X.Y.Z` where the prefix is empty. */
export class SemverVersion implements Version {
  constructor(
    readonly scheme: string,
    private readonly prefix: string,
    /** The version's parts, by the library. */
    readonly parts: SemVer,
  ) {}

  get isRelease(): boolean {
    return this.parts.prerelease.length === 0 && this.parts.build.length === 0;
  }

  get verdict(): Verdict {
    if (this.parts.build.length > 0) {
      return {
        reach: "build-only",
        reason: "build metadata (+) cannot stand in an image's tag",
        warnings: [],
      };
    }
    if (this.parts.prerelease.length > 0) {
      return { reach: "staging-only", reason: "a pre-release is not for users", warnings: [] };
    }
    return { reach: "production", reason: "a released version", warnings: [] };
  }

  compare(other: Version): number | undefined {
    return other instanceof SemverVersion ? this.parts.compare(other.parts) : undefined;
  }

  toString(): string {
    const build = this.parts.build.length === 0 ? "" : `+${this.parts.build.join(".")}`;
    return `${this.prefix}${this.parts.version}${build}`;
  }
}

const bumps = ["patch", "minor", "major"] as const;

export class SemverScheme implements VersionScheme {
  readonly steps = bumps;

  constructor(
    readonly name: string,
    private readonly prefix: string,
  ) {}

  get form(): string {
    return `${this.prefix}X.Y.Z (Semantic Versioning 2, no leading zeros)`;
  }

  parse(text: string, where = "version"): SemverVersion {
    const version = this.read(text);
    // The library trims, and takes `=` and `v` in front: only what it writes back the same is accepted.
    if (version?.toString() !== text) throw notAVersion(this.name, this.form, text, where);
    return version;
  }

  next(request: NextRequest, existing: readonly string[]): SemverVersion {
    const step = bumps.find((bump) => bump === request.step);
    if (step === undefined) throw unknownStep(this, request.step);
    return this.parse(`${this.prefix}${new SemVer(this.last(existing)).inc(step).version}`, "next version");
  }

  legal(existing: readonly string[]): readonly LegalVersion[] {
    return bumps.map((step) => ({ step, version: this.next({ step }, existing), warnings: [] }));
  }

  /** The highest released version, pre-releases left aside; 0.0.0 before the first. */
  private last(existing: readonly string[]): string {
    const released = understood((tag) => this.parse(tag), existing).filter((version) => version.isRelease);
    return released.reduce((high, { parts }) => (parts.compare(high) > 0 ? parts : high), new SemVer("0.0.0"))
      .version;
  }

  private read(text: string): SemverVersion | undefined {
    if (!text.startsWith(this.prefix)) return undefined;
    try {
      return new SemverVersion(this.name, this.prefix, new SemVer(text.slice(this.prefix.length)));
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }
}
