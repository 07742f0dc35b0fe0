import { type PassRequest, readBack, type StagedCollections } from "../store/stage-next";
import { recordStorage } from "../conductor/record-storage";
import { refuseInvalid } from "../conductor/refuse-invalid";
import type { RecordLog } from "../journal/record-log";
import type { ProcessReport } from "../migrations";
import { writeTouchedHint } from "../migrations/touched-hint";
import type { MongoContext } from "../store/mongo-context";
import { addUp, partsThatCount } from "./add-up";
import { stagingName } from "../names";
import { piecesOf } from "./cut";
import { readingUnits, scanStage, stretchesOf } from "./database-stages";
import { forecast } from "./forecast";
import { frameForecast } from "./frame-forecast";
import { followReferences } from "./follow-references";
import { joinReports } from "./join-reports";
import { loadPieces } from "./load-stage";
import { lastTime } from "./last-time";
import { SpreadStages } from "./stages";
import { takeDumped } from "./take-dumped";
import { needsAll, type Piece, type Stretch, type Unit, type UnitResult } from "./work";

/** A unit that speaks for a part of one collection. */
type PartUnit = Extract<Unit, { do: "migrate" | "dump-migrate" }>;

/** What one of them came to, and where what it read lies in the dump. */
interface PartDone {
  readonly collection: string;
  readonly result: UnitResult;
  readonly report: ProcessReport;
  readonly pieces: readonly Piece[];
}

type SpreadRequest = Omit<PassRequest, "run">;

/**
 * One pass as in a single process, with the work on documents done by workers: the coordinator cuts the database into parts,
 * adds up what workers report, and compares what they read back with what they loaded.
 * @throws Refusal that lists everything that is wrong with the data (rules N9, N13).
 */
export async function spreadPass(
  context: MongoContext,
  log: RecordLog,
  request: SpreadRequest,
  mayGoOn: () => void,
): Promise<Omit<StagedCollections, "dump">> {
  const { dump, needs, live, beside } = request;
  const sources = await dump.collections();
  const stages = await SpreadStages.open(context, log, {
    needs,
    sources,
    segmentBytes: dump.segmentBytes,
    mayGoOn,
  });
  try {
    const { framed, parts } = await judge(context, log, stages, request);
    const counted = partsThatCount({ frame: framed.report, parts });
    const storage = recordStorage(context, log);
    const added = addUp({ sources, frame: framed.report, parts: counted });
    const joined = await joinReports(storage, stages.pass, added, [framed, ...counted]);
    const next = nextVersion(joined, framed.result, counted);
    const all = counted.flatMap(({ pieces }) => pieces);
    const report = await followReferences(joined, { storage, pieces: next, all, beside });
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

/** Dumps, migrates and judges everything. @returns what came of the frame, and of each part of a collection. */
async function judge(
  context: MongoContext,
  log: RecordLog,
  stages: SpreadStages,
  { dump, needs: { chain } }: SpreadRequest,
): Promise<{
  readonly framed: Omit<PartDone, "collection" | "pieces">;
  readonly parts: readonly PartDone[];
}> {
  const { reporter, store } = context;
  const sources = await dump.collections();
  const onTheWay = await dumpFirst(context, log, stages, { dump, chain });
  const dumped = piecesOf(dump.written, store.db.databaseName).filter(({ collection }) =>
    sources.includes(collection),
  );
  const frame: Unit = { do: "frame", id: "frame", reads: needsAll(chain) ? dumped : [] };
  const read = readingUnits("dump-migrate", onTheWay);
  const units: readonly PartUnit[] = [
    ...dumped.map((piece, at) => ({ do: "migrate" as const, id: `m${at}`, piece })),
    ...read,
  ];
  const migrators = await frameForecast(chain, dumped, stages.execution);
  if (migrators !== undefined) reporter.tell(migrators);
  const stage = read.length > 0 ? "dump-migrate" : "migrate";
  reporter.tell(forecast(units, stages.execution, await lastTime(context, log, stage)));
  const results = await stages.run(stage, [frame, ...units], [...new Set(units.map(collectionOf))]);
  const framed = reported(results, frame);
  if (needsAll(chain)) await writeTouchedHint(chain, new Set(framed.report.touched));
  const places = await takeDumped(context, log, dump, read, results);
  const parts = units.map((unit) => ({
    ...reported(results, unit),
    collection: collectionOf(unit),
    pieces: unit.do === "migrate" ? [unit.piece] : (places.get(unit.id) ?? []),
  }));
  return { framed, parts };
}

/**
 * Dumps what has to lie there before anybody judges it: where a migrator may ask for everything, and collections that can be cut
 * only when they are dumped.
 * @returns the others, which are dumped when they are judged.
 */
async function dumpFirst(
  context: MongoContext,
  log: RecordLog,
  stages: SpreadStages,
  { dump, chain }: Pick<SpreadRequest, "dump"> & Pick<SpreadRequest["needs"], "chain">,
): Promise<ReadonlyMap<string, readonly Stretch[]>> {
  const names = (await dump.collections()).filter((name) => !dump.written.has(name));
  const stretches = [...(await stretchesOf(context.store.db, stages, names))];
  const isCut = (all: readonly Stretch[]): boolean =>
    all.length > 1 || all.every(({ bytes }) => bytes < 2 * stages.segmentBytes);
  const onTheWay = new Map(stretches.filter(([, all]) => !needsAll(chain) && isCut(all)));
  const first = readingUnits("dump", new Map(stretches.filter(([name]) => !onTheWay.has(name))));
  await takeDumped(context, log, dump, first, await stages.run("dump", first));
  await dump.complete(new Set(onTheWay.keys()));
  return onTheWay;
}

function collectionOf(unit: PartUnit): string {
  return unit.do === "migrate" ? unit.piece.collection : unit.collection;
}

function reported(
  results: ReadonlyMap<string, UnitResult>,
  { id }: Unit,
): Pick<PartDone, "result" | "report"> {
  const result = results.get(id);
  if (!result?.report) throw new Error(`unit ${id} has no report`);
  return { result, report: result.report };
}

/** What the new version of each changed collection is made of. */
function nextVersion(
  report: ProcessReport,
  frame: UnitResult,
  parts: readonly PartDone[],
): ReadonlyMap<string, readonly Piece[]> {
  const written = (result: UnitResult, collection: string): readonly Piece[] | undefined =>
    result.written?.find((one) => one.collection === collection)?.pieces;
  return new Map(
    report.changed.map((collection) => {
      const source = report.renamed.find(({ to }) => to === collection)?.from ?? collection;
      const own = parts.filter((part) => part.collection === source);
      // A part without a difference was not written again: it is what the dump holds.
      const pieces = own.flatMap((part) => written(part.result, collection) ?? part.pieces);
      return [collection, [...(written(frame, collection) ?? []), ...pieces]];
    }),
  );
}
