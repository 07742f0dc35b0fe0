import {
  bySystem,
  type EnvironmentHistory,
  type History,
  isApplied,
  running,
  runningSince,
} from "../history/history";
import { drift, type Pending, pending } from "../history/waiting";
import { age, moment, oneLine } from "../text/words";
import { columns } from "./columns";

/** What `slipway status` says, as data. */
export interface Status {
  readonly commit: string;
  readonly environments: readonly EnvironmentStatus[];
  readonly waits: readonly Pending[];
  /** What does not fit together, or could not be read. */
  readonly attention: readonly string[];
  readonly asOf: string;
}

export interface EnvironmentStatus {
  readonly system: string;
  readonly environment: string;
  readonly release: string | undefined;
  readonly schema: string | undefined;
  readonly since: string | undefined;
  readonly by: string | undefined;
  readonly state: "as asked" | "waits" | "nothing released" | "stack file broken" | "stack file gone";
}

/** @param asOf the moment that lengths of time end at, ISO 8601. */
export function statusOf(history: History, asOf: string): Status {
  const ordered = bySystem(history.environments).flatMap(({ environments }) => environments);
  return {
    commit: history.commit.id,
    asOf,
    environments: ordered.map((one) => ({
      system: one.system,
      environment: one.name,
      release: running(one)?.record.release,
      schema: running(one)?.record.schema.to,
      since: runningSince(one),
      by: running(one)?.record.operator,
      state: stateOf(one),
    })),
    waits: pending(ordered, asOf),
    attention: [
      ...history.unreadable.map(({ path, found }) => `${path}: ${found}`),
      ...ordered.flatMap(({ file, problems }) =>
        problems.map(({ where, found }) => `${file}: ${where}: found ${found}`),
      ),
      ...drift(ordered),
    ],
  };
}

function stateOf(environment: EnvironmentHistory): EnvironmentStatus["state"] {
  if (environment.problems.length > 0) return "stack file broken";
  if (environment.wanted === undefined) return "stack file gone";
  if (running(environment) === undefined) return "nothing released";
  return isApplied(environment) ? "as asked" : "waits";
}

/** Whether a script should stop and a person should look. */
export function needsAttention({ environments, attention }: Status): boolean {
  return attention.length > 0 || environments.some(({ state }) => state !== "as asked");
}

/** The same on one screen, without colours: it reads the same in a terminal, a log and a mail. */
export function statusInWords({ environments, waits, attention, asOf }: Status): string {
  const rows = environments.map((one) => [
    one.environment,
    one.release ?? "–",
    one.schema ?? "–",
    one.since === undefined ? "–" : `${moment(one.since)} UTC`,
    one.by ?? "–",
    one.state,
  ]);
  return [
    ...columns([["environment", "release", "schema", "since", "by", "state"], ...rows]),
    ...titled(
      "waits",
      waits.map(({ environment, from, to, since, by, waitsFor }) => {
        const merged = since === undefined ? "" : `, merged by ${by ?? "unknown"} ${ago(since, asOf)}`;
        return `${environment}: ${from ?? "nothing"} → ${to}${merged}; for ${waitsFor.join("; ")}`;
      }),
    ),
    ...titled("look at", attention),
  ]
    .map((line) => printable(line))
    .join("\n");
}

function ago(since: string, asOf: string): string {
  const length = age(since, asOf);
  return length === "just now" ? length : `${length} ago`;
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${oneLine(line, 400)}`)];
}

/** What others wrote must not move the cursor of whoever reads it. */
export function printable(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, "�");
}
