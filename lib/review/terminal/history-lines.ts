import { type History, newestFirst, waysBack } from "../history/history";
import type { KeptRelease, Seal } from "../history/kept-release";
import { moment, span } from "../text/words";
import { columns } from "./columns";
import { printable } from "./status";

/** One release, as `slipway history` lists it. */
export interface HistoryLine {
  readonly environment: string;
  readonly release: string;
  readonly outcome: KeptRelease["record"]["outcome"];
  readonly lane: KeptRelease["lane"]["kind"];
  readonly wayBack: boolean;
  readonly reason: string | undefined;
  readonly openedAt: string;
  readonly closedAt: string | undefined;
  readonly by: string;
  readonly schema: { readonly from: string; readonly to: string };
  readonly documents: number;
  readonly hash: string;
  readonly seal: Seal;
  readonly record: string;
}

/** Newest first. @param environment of this one alone; of all where it is undefined. */
export function historyLines(
  { environments }: History,
  environment: string | undefined,
): readonly HistoryLine[] {
  const back = new Set(environments.flatMap((one) => [...waysBack(one)]));
  return environments
    .filter(({ name }) => environment === undefined || name === environment)
    .flatMap(({ releases }) => releases)
    .sort(newestFirst)
    .map((kept) => ({
      environment: kept.record.environment,
      release: kept.record.release,
      outcome: kept.record.outcome,
      lane: kept.lane.kind,
      wayBack: back.has(kept),
      reason: kept.record.reason,
      openedAt: kept.record.openedAt,
      closedAt: kept.record.closedAt,
      by: kept.record.operator,
      schema: { from: kept.record.schema.from, to: kept.record.schema.to },
      documents: kept.record.collections.reduce((sum, one) => sum + one.added + one.changed + one.removed, 0),
      hash: kept.record.hash,
      seal: kept.seal,
      record: kept.path,
    }));
}

/** Aligned, one release a line; why one failed stands under it. */
export function historyInWords(lines: readonly HistoryLine[], environment: string | undefined): string {
  if (lines.length === 0)
    return `no release${environment === undefined ? "" : ` of ${environment}`} is on record`;
  const rows = lines.map((one) => [
    moment(one.openedAt),
    one.environment,
    one.release,
    [
      one.outcome.replace("-", " "),
      ...(one.lane === "normal" ? [] : [one.lane]),
      ...(one.wayBack ? ["way back"] : []),
    ].join(", "),
    one.closedAt === undefined ? "–" : span(Date.parse(one.closedAt) - Date.parse(one.openedAt)),
    one.schema.from === one.schema.to ? one.schema.to : `${one.schema.from} → ${one.schema.to}`,
    `by ${one.by}${one.seal === "edited" ? "  EDITED: its checksum does not fit" : ""}`,
  ]);
  return columns(rows)
    .flatMap((line, index) => {
      const reason = lines[index]?.reason;
      return reason === undefined ? [line] : [line, `    ${reason}`];
    })
    .map(printable)
    .join("\n");
}
