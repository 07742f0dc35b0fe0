import type { DateTime } from "luxon";
import { Refusal } from "../../problem";
import { quoted } from "../references/quoted";
import { calverForm, CalverVersion } from "./calver-version";
import {
  type LegalVersion,
  type NextRequest,
  understood,
  unknownStep,
  type VersionScheme,
} from "./version-scheme";

/** F2, F3, F15, F20: calendar versions, counted within their month. */
export class CalverScheme implements VersionScheme {
  readonly name = "calver";
  readonly form = calverForm;
  readonly steps = ["release", "candidate", "hot-fix"] as const;

  parse(text: string, where = "version"): CalverVersion {
    return CalverVersion.parse(text, where);
  }

  next(request: NextRequest, existing: readonly string[], now: DateTime): CalverVersion {
    const versions = understood((tag) => this.parse(tag), existing);
    switch (request.step) {
      case "release":
        return nextRelease(versions, now);
      case "candidate":
        return nextCandidate(nextRelease(versions, now), versions);
      case "hot-fix":
        return nextHotFix(this.parse(request.production, "version in production"), versions);
      default:
        throw unknownStep(this, request.step);
    }
  }

  legal(existing: readonly string[], now: DateTime, production?: string): readonly LegalVersion[] {
    const versions = understood((tag) => this.parse(tag), existing);
    const today = [
      { step: "release", version: nextRelease(versions, now), warnings: [] },
      { step: "candidate", version: nextCandidate(nextRelease(versions, now), versions), warnings: [] },
    ] as const;
    const late = nextOfLastMonth(versions, now);
    return [
      ...today,
      ...(late === undefined
        ? []
        : [
            {
              step: "release" as const,
              version: late,
              warnings: [`the tag's month is not this month (${now.toFormat("yyyy.MM")})`],
            },
          ]),
      ...(production === undefined
        ? []
        : [
            {
              step: "hot-fix" as const,
              version: this.next({ step: "hot-fix", production }, existing, now),
              warnings: [],
            },
          ]),
    ];
  }
}

/** F2: this month's highest iteration and one more; the first is 1. */
function nextRelease(versions: readonly CalverVersion[], now: DateTime): CalverVersion {
  const next = CalverVersion.release(now.year, now.month, lastIteration(versions, now.year, now.month) + 1);
  const later = versions.find(
    (version) => (version.compare(next) ?? 0) >= 0 && version.kind.kind !== "candidate",
  );
  if (later !== undefined) throw fromTheFuture(later, next);
  return next;
}

function nextCandidate(release: CalverVersion, versions: readonly CalverVersion[]): CalverVersion {
  const last = versions
    .filter((version) => sameParts(version, release))
    .map(({ kind }) => (kind.kind === "candidate" && kind.label === "rc" ? kind.number : 0));
  return release.with({ kind: "candidate", label: "rc", number: Math.max(0, ...last) + 1 });
}

/** F20: what runs in production, `-N`, N one more than the highest. */
function nextHotFix(production: CalverVersion, versions: readonly CalverVersion[]): CalverVersion {
  if (production.kind.kind === "candidate") {
    throw new Refusal("calver version", [
      {
        where: "version in production",
        found: quoted(production.toString()),
        allowed: "a release, or a hot-fix of one: a hot-fix begins with the last formal production tag (F20)",
        mend: "name the release that runs in production",
      },
    ]);
  }
  const last = [production, ...versions]
    .filter((version) => sameParts(version, production))
    .map(({ kind }) => (kind.kind === "hot-fix" ? kind.number : 0));
  return production.with({ kind: "hot-fix", number: Math.max(...last) + 1 });
}

/** A release tagged on the first days of a month still belongs to the last one: legal, with a warning (F2). */
function nextOfLastMonth(versions: readonly CalverVersion[], now: DateTime): CalverVersion | undefined {
  const before = now.minus({ months: 1 });
  const last = lastIteration(versions, before.year, before.month);
  const begun = lastIteration(versions, now.year, now.month) > 0;
  return last === 0 || begun ? undefined : CalverVersion.release(before.year, before.month, last + 1);
}

function lastIteration(versions: readonly CalverVersion[], year: number, month: number): number {
  const iterations = versions
    .filter(({ parts, kind }) => parts[0] === year && parts[1] === month && kind.kind !== "candidate")
    .map(({ parts }) => parts[2]);
  return Math.max(0, ...iterations);
}

function sameParts(a: CalverVersion, b: CalverVersion): boolean {
  return a.parts.every((part, index) => part === b.parts[index]);
}

function fromTheFuture(later: CalverVersion, next: CalverVersion): Refusal {
  return new Refusal("calver version", [
    {
      where: "tags",
      found: `${quoted(later.toString())}, which is not before ${next.toString()}, the next by today's date`,
      allowed: "tags of this month or earlier ones",
      mend: "set this machine's clock, or choose the tag by hand",
    },
  ]);
}
