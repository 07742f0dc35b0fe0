import { stages } from "../../data/protocol";
import { type Block, code, folded, type Inline, list, quiet, strong, table } from "../text/document";
import { counted, moment, short, span } from "../text/words";
import type { ChangedEnvironment, RecordPart } from "./release-diff";

/** After the release the same comment is its record: who, when, how long against the forecast, and what verified it. */
export function composeRecord({ record: part }: ChangedEnvironment): readonly Block[] {
  if (part === undefined) return [];
  const { kept, attempts } = part;
  const { record } = kept;
  const over = record.closedAt === undefined ? "" : ` to ${moment(record.closedAt)} UTC`;
  const lines: readonly Inline[] = [
    [strong("Record"), ` by ${record.operator}, ${moment(record.openedAt)}${over}, `, code(kept.path)],
    ...(record.reason === undefined ? [] : [[strong("Because"), ` ${record.reason}`]]),
    ...(record.outcome === "released"
      ? [
          [
            strong("Verified"),
            " before writes opened: every pod ran the released digest and answered as it should (rule N5)",
          ],
        ]
      : []),
    ...(kept.seal === "edited"
      ? [[strong("Edited"), ": this record is not as it was written; its checksum does not fit"]]
      : []),
    ...(attempts === 0
      ? []
      : [[quiet(`${counted(attempts, "earlier attempt")} of the same release on record`)]]),
  ];
  return [...list(lines), ...durations(part)];
}

/** How long each stage took against the same step elsewhere. */
function durations({ kept, forecast }: RecordPart): readonly Block[] {
  const { durations: took, closedFor } = kept.record;
  const expected = forecast?.record.durations ?? {};
  const known = stages.filter((stage) => took[stage] !== undefined);
  const total = (of: typeof took): number => known.reduce((sum, stage) => sum + (of[stage] ?? 0), 0);
  const against =
    forecast === undefined ? "" : `, ${span(total(expected))} as forecast by ${forecast.record.environment}`;
  const closed =
    closedFor === undefined ? "" : `; writes were closed for ${span(closedFor)}${planned(forecast)}`;
  const rows = known.map((stage) => [
    stage,
    span(took[stage] ?? 0),
    expected[stage] === undefined ? "–" : span(expected[stage]),
  ]);
  return folded(`Took ${span(total(took))}${against}${closed}`, [
    ...table(["Stage", "Took", "Forecast"], rows),
    ...list([["Release hash ", code(short(kept.record.hash))]]),
  ]);
}

function planned(forecast: RecordPart["forecast"]): string {
  const closedFor = forecast?.record.closedFor;
  return closedFor === undefined ? "" : ` (${span(closedFor)} forecast)`;
}
