import { DateTime } from "luxon";
import type { StackConfig } from "../../config/stack-config";
import { freezesAt } from "../../release/windows/freeze";
import { Window } from "../../release/windows/window";
import {
  ended,
  environmentBefore,
  type EnvironmentHistory,
  isApplied,
  isReleased,
  running,
  runningSince,
} from "./history";
import { moment, span } from "../text/words";

/** A release that was merged and is not running yet. */
export interface Pending {
  readonly environment: string;
  /** What runs there now. */
  readonly from: string | undefined;
  readonly to: string;
  /** When it was merged. */
  readonly since: string | undefined;
  readonly by: string | undefined;
  readonly waitsFor: readonly string[];
}

/** A release that runs on environments on the way and has not got to production. */
export interface NotInProduction {
  readonly release: string;
  /** Where, and since when; the longest first. */
  readonly runs: readonly { readonly on: string; readonly since: string }[];
}

/** What stack files ask for that no record says was released, each with what it waits for, as of a moment. */
export function pending(all: readonly EnvironmentHistory[], asOf: string): readonly Pending[] {
  return all.flatMap((environment) => {
    const { wanted } = environment;
    if (wanted === undefined || isApplied(environment)) return [];
    return [
      {
        environment: environment.name,
        from: running(environment)?.record.release,
        to: wanted.config.release,
        since: wanted.changed?.at,
        by: wanted.changed?.author,
        waitsFor: waitsFor(environment, wanted.config, all, asOf),
      },
    ];
  });
}

/** What can be known of it without asking anybody: promotion, soak, window, freeze, an attempt that failed. */
function waitsFor(
  environment: EnvironmentHistory,
  config: StackConfig,
  all: readonly EnvironmentHistory[],
  asOf: string,
): readonly string[] {
  const reasons = [
    ...attempt(environment, config),
    ...promotion(environment, config, all, asOf),
    ...time(config, DateTime.fromISO(asOf, { zone: "utc" })),
  ];
  return reasons.length > 0 ? reasons : [`pulumi up on ${environment.name}`];
}

function attempt({ releases }: EnvironmentHistory, { release }: StackConfig): readonly string[] {
  const newest = releases[0]?.record;
  if (newest?.release !== release || newest.outcome === "released") return [];
  if (newest.outcome === "open")
    return [`the release that ${newest.operator} began ${moment(newest.openedAt)}`];
  const why = newest.reason === undefined ? "" : ` (${newest.reason})`;
  return [`another try: it was ${newest.outcome === "failed" ? "failed" : "rolled back"}${why}`];
}

function promotion(
  environment: EnvironmentHistory,
  { release, promotion: { soakHours } }: StackConfig,
  all: readonly EnvironmentHistory[],
  asOf: string,
): readonly string[] {
  const before = environmentBefore(environment, all);
  if (before === undefined) return [];
  const there = before.releases.find(
    ({ record }) => record.outcome === "released" && record.release === release,
  );
  if (there === undefined) return [`its release on ${before.name}`];
  const since = running(before)?.record.release === release ? runningSince(before) : ended(there);
  const left = Date.parse(since ?? ended(there)) + soakHours * 3_600_000 - Date.parse(asOf);
  return left > 0 ? [`${span(left)} more on ${before.name} (${soakHours} h are asked for)`] : [];
}

function time(config: StackConfig, now: DateTime): readonly string[] {
  if (config.lane.kind === "hot-fix" || config.lane.kind === "emergency") return [];
  try {
    const freezes = freezesAt(config.freezes, now, config.lane.kind).map(
      ({ reason, to, zone }) => `the end of the freeze, ${to.replace("T", " ")} ${zone} (${reason})`,
    );
    if (config.window === undefined) return freezes;
    const window = Window.parse(config.window).at(now);
    if (window === undefined) return [...freezes, "a new window: the one in its stack file is over"];
    const opens = window.start.toFormat("d LLL yyyy, HH:mm ZZZZ");
    return now < window.start ? [...freezes, `its window, which opens ${opens}`] : freezes;
  } catch (error) {
    return [error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)];
  }
}

/** Releases that run on the way and not at its end, the oldest first. */
export function notInProduction(all: readonly EnvironmentHistory[]): readonly NotInProduction[] {
  const last = all.filter(({ wanted }) => wanted?.config.grade === "production");
  if (last.length === 0) return [];
  const there = new Set(
    last.flatMap(({ releases }) => releases.filter(isReleased).map(({ record }) => record.release)),
  );
  const waiting = new Map<string, { readonly on: string; readonly since: string }[]>();
  for (const one of all.filter((environment) => !last.includes(environment))) {
    const now = running(one);
    if (now === undefined || there.has(now.record.release)) continue;
    const runs = waiting.get(now.record.release) ?? [];
    waiting.set(now.record.release, [...runs, { on: one.name, since: runningSince(one) ?? ended(now) }]);
  }
  const oldest = ({ runs }: NotInProduction): string => runs[0]?.since ?? "";
  return [...waiting]
    .map(([release, runs]) => ({ release, runs: runs.sort((a, b) => (a.since < b.since ? -1 : 1)) }))
    .sort((a, b) => (oldest(a) < oldest(b) ? -1 : 1));
}

/** Where what is known does not fit together. */
export function drift(all: readonly EnvironmentHistory[]): readonly string[] {
  return all.flatMap((environment) => {
    const now = running(environment);
    const edited = environment.releases.filter(({ seal }) => seal === "edited");
    return [
      ...(now?.lane.kind === "emergency"
        ? [`${environment.name} is untracked since the emergency release ${now.record.release} (rule H16)`]
        : []),
      ...edited.map(({ path }) => `${path} was edited: its checksum does not fit`),
      ...sameVersionOtherBytes(environment, all),
    ];
  });
}

/** One version that is not the same bytes everywhere: somebody pushed its tag again. */
function sameVersionOtherBytes(
  environment: EnvironmentHistory,
  all: readonly EnvironmentHistory[],
): readonly string[] {
  const before = environmentBefore(environment, all);
  const [here, there] = [running(environment)?.record, before && running(before)?.record];
  if (before === undefined || here === undefined || there === undefined || here.release !== there.release)
    return [];
  return here.images.flatMap(({ name, to }) => {
    const other = there.images.find((image) => image.name === name)?.to;
    return other === undefined || digest(other) === digest(to)
      ? []
      : [`${name} ${here.release} is not the same image on ${before.name} and on ${environment.name}`];
  });
}

function digest(reference: string): string {
  return reference.slice(reference.indexOf("@") + 1);
}
