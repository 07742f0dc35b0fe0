import { ended, type EnvironmentHistory, isReleased, isWayBack } from "./history";
import type { KeptRelease } from "./kept-release";

/** DORA's figures of one production environment, each with what it was counted over; undefined where there is nothing to count. */
export interface Dora {
  readonly environment: string;
  /** Releases that were tried. */
  readonly tried: number;
  readonly released: number;
  /** Days from the first release to the moment of looking. */
  readonly days: number;
  /** Releases a week. */
  readonly perWeek: number | undefined;
  /** Median milliseconds from a version's first release anywhere to the one here. */
  readonly leadTime: number | undefined;
  /** Share of tried releases that failed: rolled back, failed, or mended at once by a hot-fix or a way back. */
  readonly failed: number | undefined;
  /** Median milliseconds from a failure to the release, or the way back, that ended it. */
  readonly recovery: number | undefined;
  /** Share of releases that were hot-fixes or emergencies. */
  readonly rework: number | undefined;
}

/**
 * Counts from records alone.
 * @param asOf when it is looked at, ISO 8601: the commit's own time, so that the same commit gives the same figures.
 * @param all every environment of the system: a version's first release may have been on another.
 */
export function dora(
  environment: EnvironmentHistory,
  all: readonly EnvironmentHistory[],
  asOf: string,
): Dora {
  const tried = environment.releases.filter(({ record }) => record.outcome !== "open").toReversed();
  const released = tried.filter(isReleased);
  const failures = tried.flatMap((one, index) => failureOf(one, tried[index + 1], tried.slice(index + 1)));
  const first = tried[0];
  const days = first === undefined ? 0 : (Date.parse(asOf) - Date.parse(first.record.openedAt)) / 86_400_000;
  return {
    environment: environment.name,
    tried: tried.length,
    released: released.length,
    days,
    perWeek: days > 0 ? (released.length / Math.max(days, 1)) * 7 : undefined,
    leadTime: median(leadTimes(released, firstSeen(all))),
    failed: share(failures.length, tried.length),
    recovery: median(failures.flatMap(({ recovered }) => recovered ?? [])),
    rework: share(released.filter(isRepair).length, released.length),
  };
}

/** A failure, and how long it took to be over; undefined where it is not. */
interface Failure {
  readonly recovered: number | undefined;
}

function failureOf(
  one: KeptRelease,
  next: KeptRelease | undefined,
  later: readonly KeptRelease[],
): readonly Failure[] {
  const { outcome, openedAt } = one.record;
  // What took itself back recovered by that: the old release served again when its record was closed.
  if (outcome === "rolled-back") return [{ recovered: Date.parse(ended(one)) - Date.parse(openedAt) }];
  if (outcome === "failed") {
    const mended = later.find(isReleased);
    return [{ recovered: mended && Date.parse(ended(mended)) - Date.parse(openedAt) }];
  }
  if (next === undefined || !isReleased(next) || !mends(next, one)) return [];
  return [{ recovered: Date.parse(ended(next)) - Date.parse(ended(one)) }];
}

/** A hot-fix or emergency mends what was released before it; so does the way back to what ran before. */
function mends(next: KeptRelease, one: KeptRelease): boolean {
  return isRepair(next) || isWayBack(next, one);
}

function isRepair({ lane }: KeptRelease): boolean {
  return lane.kind === "hot-fix" || lane.kind === "emergency";
}

/** When each version was first released anywhere. */
function firstSeen(all: readonly EnvironmentHistory[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { record } of all.flatMap(({ releases }) => releases)) {
    const at = Date.parse(record.openedAt);
    first.set(record.release, Math.min(first.get(record.release) ?? at, at));
  }
  return first;
}

/** One for each version that got here: its later releases here are no new change. */
function leadTimes(released: readonly KeptRelease[], first: ReadonlyMap<string, number>): readonly number[] {
  const seen = new Set<string>();
  return released.flatMap((one) => {
    if (seen.has(one.record.release)) return [];
    seen.add(one.record.release);
    return [Date.parse(ended(one)) - (first.get(one.record.release) ?? Date.parse(one.record.openedAt))];
  });
}

function share(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function median(numbers: readonly number[]): number | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
