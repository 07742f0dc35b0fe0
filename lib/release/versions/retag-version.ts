import { DateTime } from "luxon";
import { quoted } from "../references/quoted";
import { notAVersion, type Verdict, type Version } from "./version-scheme";
import { wholeNumber } from "./whole-number";

export const retagForm = "<dev|staging|prod>-<7 or 8 hex digits>-<dd-mm-yyyy>.<unix seconds>";
export const retagEnvironments = ["dev", "staging", "prod"] as const;
export type RetagEnvironment = (typeof retagEnvironments)[number];

const reaches = {
  dev: { reach: "build-only", reason: "released to dev, and nowhere else" },
  staging: { reach: "staging-only", reason: "released to staging, and nowhere else" },
  prod: { reach: "production", reason: "released to prod" },
} as const;

// Seconds of the year 9999's end: later ones have no date of four digits.
const lastSecond = 253_402_300_799;

/** H9: the tag that an image is given when it is released to one environment: who for, which commit, when. */
export class RetagVersion implements Version {
  readonly scheme = "environment-commit-time";

  private constructor(
    readonly environment: RetagEnvironment,
    readonly commit: string,
    /** `dd-mm-yyyy`, as written. */
    readonly date: string,
    /** Seconds since 1970, UTC. */
    readonly seconds: number,
  ) {}

  /** Lenient: a date that is not the date of its seconds is read, with a warning. @throws Refusal for any other form. */
  static parse(text: string, where = "version"): RetagVersion {
    const [environment = "", commit = "", day = "", month = "", rest = "", ...more] = text.split("-");
    const [year = "", epoch = "", ...further] = rest.split(".");
    const known = retagEnvironments.find((name) => name === environment);
    const seconds = wholeNumber(epoch);
    const legal =
      known !== undefined &&
      /^[0-9a-f]{7,8}$/.test(commit) &&
      dateOf(`${day}-${month}-${year}`).isValid &&
      seconds !== undefined &&
      seconds <= lastSecond &&
      more.length + further.length === 0;
    if (!legal) throw notAVersion("environment-commit-time", retagForm, text, where);
    return new RetagVersion(known, commit, `${day}-${month}-${year}`, seconds);
  }

  /** Strict: what is made has the first 8 digits of the commit, and the UTC date of its own second. */
  static make(environment: RetagEnvironment, commit: string, at: DateTime): RetagVersion {
    const date = at.toUTC().toFormat("dd-MM-yyyy");
    return RetagVersion.parse(
      `${environment}-${commit.slice(0, 8)}-${date}.${at.toUnixInteger()}`,
      "new tag",
    );
  }

  get madeFor(): string {
    return this.environment;
  }

  get verdict(): Verdict {
    return { ...reaches[this.environment], warnings: this.warnings() };
  }

  /** By time, within one environment: tags of two environments are not before or after one another. */
  compare(other: Version): number | undefined {
    if (!(other instanceof RetagVersion) || other.environment !== this.environment) return undefined;
    return this.seconds - other.seconds;
  }

  toString(): string {
    return `${this.environment}-${this.commit}-${this.date}.${this.seconds}`;
  }

  private warnings(): readonly string[] {
    const said = DateTime.fromSeconds(this.seconds, { zone: "utc" });
    const days = Math.abs(dateOf(this.date).diff(said.startOf("day"), "days").days);
    // The machine that made the tag may have written its local date: one day is no contradiction.
    if (days <= 1) return [];
    return [
      `the date in ${quoted(this.toString())} is ${days} days from its seconds, which are of ${said.toFormat("dd-MM-yyyy")}`,
    ];
  }
}

function dateOf(text: string): DateTime {
  // The library's own parser takes other scripts' digits too.
  if (!/^[0-9]{2}-[0-9]{2}-[0-9]{4}$/.test(text)) return DateTime.invalid("form");
  return DateTime.fromFormat(text, "dd-MM-yyyy", { zone: "utc" });
}
