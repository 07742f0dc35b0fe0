import { Digest } from "../references/digest";
import {
  type LegalVersion,
  type NextRequest,
  notAVersion,
  unknownStep,
  type Verdict,
  type Version,
  type VersionScheme,
} from "./version-scheme";

/** A version that is an id: it names one thing exactly, and says nothing of before and after. */
export class IdVersion implements Version {
  constructor(
    readonly scheme: string,
    private readonly id: string,
    readonly verdict: Verdict,
  ) {}

  /** The same id is the same version; between two ids only ancestry in their repository knows an order. */
  compare(other: Version): number | undefined {
    return other instanceof IdVersion && other.id === this.id ? 0 : undefined;
  }

  toString(): string {
    return this.id;
  }
}

/** Versions that are ids, of commits or of contents: they are taken as they are, never counted. */
export class IdScheme implements VersionScheme {
  readonly steps = [] as const;

  private constructor(
    readonly name: string,
    readonly form: string,
    private readonly judge: (text: string) => Verdict | undefined,
  ) {}

  /** Git commit ids: 40 hex digits (64 in SHA-256 repositories), or their first 7 and more. */
  static commits(): IdScheme {
    return new IdScheme("git-commit", "7 to 40, or 64, lower-case hex digits of a git commit id", (text) => {
      if (!/^(?:[0-9a-f]{7,40}|[0-9a-f]{64})$/.test(text)) return undefined;
      const warnings =
        text.length >= 40 ? [] : ["an abbreviated id can come to stand for two commits; the digest decides"];
      return { reach: "production", reason: "one exact commit", warnings };
    });
  }

  /** Images by nothing but their digest. */
  static digests(): IdScheme {
    return new IdScheme("digest", "`sha256:` and 64 lower-case hex digits", (text) =>
      Digest.is(text) ? { reach: "production", reason: "one exact content", warnings: [] } : undefined,
    );
  }

  parse(text: string, where = "version"): IdVersion {
    const verdict = this.judge(text);
    if (verdict === undefined) throw notAVersion(this.name, this.form, text, where);
    return new IdVersion(this.name, text, verdict);
  }

  next(request: NextRequest): never {
    throw unknownStep(this, request.step);
  }

  legal(): readonly LegalVersion[] {
    return [];
  }
}
