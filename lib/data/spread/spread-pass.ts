import { type PassRequest, readBack, type StagedCollections } from "../store/stage-next";
import { recordStorage } from "../conductor/record-storage";
import { refuseInvalid } from "../conductor/refuse-invalid";
import type { RecordLog } from "../journal/record-log";
import type { ProcessReport } from "../migrations";
import { writeTouchedHint } from "../migrations/touched-hint";
import type { MongoContext } from "../store/mongo-context";
import { addUp, piecesThatCount } from "./add-up";
import { stagingName } from "../names";
import { piecesOf } from "./cut";
import { dumpStage, scanStage } from "./database-stages";
import { forecast } from "./forecast";
import { frameForecast } from "./frame-forecast";
import { followReferences } from "./follow-references";
import { joinReports } from "./join-reports";
import { loadPieces } from "./load-stage";
import { lastTime } from "./last-time";
import { needsAll } from "./work";
import { SpreadStages } from "./stages";
import type { Piece, Unit, UnitResult } from "./work";

type MigrateUnit = Extract<Unit, { do: "migrate" }>;

/**
 * One pass as in a single process, with the work on documents done by workers: the coordinator cuts the dump into pieces,
 * adds up what workers report, and compares what they read back with what they loaded.
 * @throws Refusal that lists everything that is wrong with the data (rules N9, N13).
 */
export async function spreadPass(
  context: MongoContext,
  log: RecordLog,
  request: Omit<PassRequest, "run">,
  mayGoOn: () => void,
): Promise<Omit<StagedCollections, "dump">> {
  const { dump, needs, live, beside } = request;
  const { reporter, store } = context;
  const sources = await dump.collections();
  const stages = await SpreadStages.open(context, log, {
    needs,
    sources,
    segmentBytes: dump.segmentBytes,
    mayGoOn,
  });
  try {
    await dumpStage(context, log, stages, dump);
    await dump.complete();
    const pieces = piecesOf(dump.written, store.db.databaseName).filter(({ collection }) =>
      sources.includes(collection),
    );
    const filled = [...new Set(pieces.map(({ collection }) => collection))];
    const frame: Unit = { do: "frame", id: "frame", reads: needsAll(needs.chain) ? pieces : [] };
    const units = pieces.map((piece, at): MigrateUnit => ({ do: "migrate", id: `m${at}`, piece }));
    const migrators = await frameForecast(needs.chain, pieces, stages.execution);
    if (migrators !== undefined) reporter.tell(migrators);
    reporter.tell(forecast(pieces, stages.execution, await lastTime(context, log, "migrate")));
    const results = await stages.run("migrate", [frame, ...units], filled);
    const framed = results.get(frame.id);
    if (!framed?.report) throw new Error("the frame has no report");
    if (needsAll(needs.chain)) await writeTouchedHint(needs.chain, new Set(framed.report.touched));
    const reported = units.map((unit) => ({
      id: unit.id,
      collection: unit.piece.collection,
      piece: unit.piece,
      report: reportOf(results, unit.id),
    }));
    const parts = { sources, frame: framed.report, pieces: reported };
    const counted = piecesThatCount(parts);
    const added = addUp(parts);
    const reports = recordStorage(context, log);
    const joined = await joinReports(
      reports,
      stages.pass,
      added,
      [frame.id, ...counted.map(({ id }) => id)],
      results,
    );
    const next = nextVersion(joined, framed, counted, results);
    const report = await followReferences(joined, { storage: reports, pieces: next, all: counted, beside });
    refuseInvalid(report);
    const { sent, shapes } = await loadPieces(context, log, { stages, report, next, live });
    const names = [...sent.keys()].map((collection) => stagingName(collection, log.token));
    const found = await scanStage(context, stages, names, "read-back");
    await readBack(context, log.token, { hashes: sent }, report, found);
    return { report, shapes, figures: stages.figures };
  } finally {
    await stages.close();
  }
}

/** What the new version of each changed collection is made of. */
function nextVersion(
  report: ProcessReport,
  frame: UnitResult,
  counted: readonly { readonly id: string; readonly collection: string; readonly piece: Piece }[],
  results: ReadonlyMap<string, UnitResult>,
): ReadonlyMap<string, readonly Piece[]> {
  const written = (result: UnitResult | undefined, collection: string): readonly Piece[] | undefined =>
    result?.written?.find((one) => one.collection === collection)?.pieces;
  return new Map(
    report.changed.map((collection) => {
      const source = report.renamed.find(({ to }) => to === collection)?.from ?? collection;
      const own = counted.filter((one) => one.collection === source);
      // A piece without a difference was not written again: it is what the dump holds.
      const parts = own.flatMap(({ id, piece }) => written(results.get(id), collection) ?? [piece]);
      return [collection, [...(written(frame, collection) ?? []), ...parts]];
    }),
  );
}

function reportOf(results: ReadonlyMap<string, UnitResult>, id: string): ProcessReport {
  const report = results.get(id)?.report;
  if (!report) throw new Error(`unit ${id} has no report`);
  return report;
}
