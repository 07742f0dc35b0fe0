import { compareNumbers, paddedNumber, wholeNumber } from "./whole-number";
import { notAVersion, type Verdict, type Version } from "./version-scheme";

export const calverForm =
  "YEAR.MONTH.ITERATION (2023.06.2), with -rc.N, -beta.N or -alpha.N for a candidate, -N for a hot-fix";

/** What a tag is beside a release. */
export type CalverKind =
  | { readonly kind: "release" }
  /** F15: tried on staging; the release is then the same commit. */
  | { readonly kind: "candidate"; readonly label: Label; readonly number: number }
  /** F20: `<last production tag>-N`. */
  | { readonly kind: "hot-fix"; readonly number: number };

const labels = ["alpha", "beta", "rc"] as const;
type Label = (typeof labels)[number];

/** F2, F3: three numeric parts, of which real repositories have several spellings; each is kept as it was written. */
export class CalverVersion implements Version {
  readonly scheme = "calver";

  private constructor(
    /** The three parts as numbers: year, month, iteration; or major, minor, patch in old tags (`2.6.6`). */
    readonly parts: readonly [number, number, number],
    /** The three parts as they are written. */
    readonly base: string,
    readonly kind: CalverKind,
  ) {}

  /** @throws Refusal for everything that F3 calls "built only". */
  static parse(text: string, where = "version"): CalverVersion {
    const dash = text.indexOf("-");
    const base = dash === -1 ? text : text.slice(0, dash);
    const kind: CalverKind | undefined = dash === -1 ? { kind: "release" } : kindOf(text.slice(dash + 1));
    const words = base.split(".");
    const [year, month, iteration] = words.map(paddedNumber);
    const complete =
      words.length === 3 && year !== undefined && month !== undefined && iteration !== undefined;
    if (!complete || kind === undefined || !monthExists(words[0] ?? "", words[1] ?? "", month)) {
      throw notAVersion("calver", calverForm, text, where);
    }
    return new CalverVersion([year, month, iteration], base, kind);
  }

  static release(year: number, month: number, iteration: number): CalverVersion {
    return CalverVersion.parse(`${year}.${String(month).padStart(2, "0")}.${iteration}`);
  }

  /** A further tag on the same three parts. */
  with(kind: CalverKind): CalverVersion {
    return new CalverVersion(this.parts, this.base, kind);
  }

  get hotFix(): boolean {
    return this.kind.kind === "hot-fix";
  }

  get verdict(): Verdict {
    const warnings = this.spelling();
    switch (this.kind.kind) {
      case "release":
        return { reach: "production", reason: "three numeric parts", warnings };
      case "candidate":
        return {
          reach: "staging-only",
          reason: "a release candidate: production takes the release tag on the same commit",
          warnings,
        };
      case "hot-fix":
        return {
          reach: "staging-only",
          reason: "a hot-fix: production takes it only in the hot-fix lane",
          warnings,
        };
    }
  }

  /** Candidates come before their release, hot-fixes after it: not so in semver, where `-1` comes before. */
  compare(other: Version): number | undefined {
    if (!(other instanceof CalverVersion)) return undefined;
    return compareNumbers([...this.parts, ...rank(this.kind)], [...other.parts, ...rank(other.kind)]);
  }

  toString(): string {
    switch (this.kind.kind) {
      case "release":
        return this.base;
      case "candidate":
        return `${this.base}-${this.kind.label}.${this.kind.number}`;
      case "hot-fix":
        return `${this.base}-${this.kind.number}`;
    }
  }

  private spelling(): readonly string[] {
    const [year, month, iteration] = this.parts;
    if (!/^[0-9]{4}\./.test(this.base)) return ["not the preferred form: the first part is no year"];
    const preferred = `${year}.${String(month).padStart(2, "0")}.${iteration}`;
    const said = this.base === preferred ? [] : [`not the preferred form: ${preferred}`];
    return iteration === 0 ? [...said, "not the preferred form: iterations begin at 1"] : said;
  }
}

function kindOf(suffix: string): CalverKind | undefined {
  const [first = "", second, ...more] = suffix.split(".");
  const number = wholeNumber(second ?? first);
  if (number === undefined || number === 0 || more.length > 0) return undefined;
  if (second === undefined) return { kind: "hot-fix", number };
  const label = labels.find((known) => known === first);
  return label === undefined ? undefined : { kind: "candidate", label, number };
}

/** Only a year of four digits is followed by a month; `2.6.6` is an old tag of another kind. */
function monthExists(year: string, written: string, month: number): boolean {
  return year.length !== 4 || (written.length <= 2 && month >= 1 && month <= 12);
}

function rank(kind: CalverKind): readonly [number, number] {
  switch (kind.kind) {
    case "candidate":
      return [labels.indexOf(kind.label) - labels.length, kind.number];
    case "release":
      return [0, 0];
    case "hot-fix":
      return [1, kind.number];
  }
}
