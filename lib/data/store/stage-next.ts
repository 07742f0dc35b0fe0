import { Refusal } from "../../problem";
import { DumpingSource } from "../dump/dump";
import type { Beside, ProcessReport } from "../migrations";
import { stagingName } from "../names";
import { type ContentHash, OrderFreeHash } from "../order-free-hash";
import { sideBySide } from "../side-by-side";
import { pieceBytes } from "../spread/cut";
import type { StageFigures } from "../spread/stage-figures";
import { type CollectionInfo, estimateDocuments } from "./catalog";
import { MongoSource } from "./mongo-source";
import { patientInserter } from "./patient-insert";
import { blockInserter } from "./raw-insert";
import { StagingSink } from "./staging-sink";
import type { RecordLog } from "../journal/record-log";
import { stepName } from "../journal/record-state";
import type { MongoContext } from "./mongo-context";
import type { Process, ProcessNeeds } from "../conductor/context";
import { recordStorage } from "../conductor/record-storage";
import { refuseInvalid } from "../conductor/refuse-invalid";

/** The next version, loaded beside the live one and read back; and the dump of what it was made from. */
export interface StagedCollections {
  readonly report: ProcessReport;
  readonly dump: DumpingSource;
  /** Options and indexes that each staged collection was made with. */
  readonly shapes: ReadonlyMap<string, string>;
  /** What each stage took, where workers did it. */
  readonly figures?: readonly StageFigures[];
}

/**
 * One whole pass: dump, migrate, validate, load beside, read back. Used before writes are closed on the data as it is, and
 * again while they are closed when the data is another by then.
 * @throws Refusal that lists everything that is wrong with the data (rules N9, N13).
 */
export async function stageNextVersion(
  context: MongoContext,
  log: RecordLog,
  live: readonly CollectionInfo[],
  mayGoOn: () => void,
): Promise<StagedCollections> {
  const { store } = context;
  const names = live.map(({ name }) => name);
  const source = new MongoSource(store.db);
  const storage = recordStorage(context, log).within(store.db.databaseName);
  // What an earlier attempt left of a collection that is gone would be restored with the rest.
  await storage.remove();
  const dump = new DumpingSource(source, storage, names, mayGoOn, await segmentOf(context));
  return { dump, ...(await runPass(context, log, { ...context.process, dump, live }, mayGoOn)) };
}

/** A piece of a dump is what a worker does at a time: as large as the operator wants, or larger where there would be too many. */
export async function segmentOf({
  spec: { execution },
  store,
}: Pick<MongoContext, "spec" | "store">): Promise<number | undefined> {
  if (!execution) return undefined;
  const { dataSize } = await store.db.stats();
  return pieceBytes(execution.segment, Number(dataSize));
}

/** What one pass goes over, and by what. */
export interface PassRequest {
  readonly run: Process;
  readonly needs: ProcessNeeds;
  readonly dump: DumpingSource;
  readonly live: readonly CollectionInfo[];
  /** The rest of the database, where only a part is done again. */
  readonly beside?: Beside;
}

/**
 * Migrates, validates and loads beside what the dump's source gives, and reads back what was loaded.
 * @throws Refusal that lists everything that is wrong with the data.
 */
export async function runPass(
  context: MongoContext,
  log: RecordLog,
  { run, needs, dump, live, beside }: PassRequest,
  mayGoOn: () => void,
): Promise<Omit<StagedCollections, "dump">> {
  const { store, reporter, spec } = context;
  const byName = new Map(live.map((info) => [info.name, info]));
  return log.step(
    stepName.stage,
    { collections: live.length },
    async () => {
      if (spec.execution) {
        const { spreadPass } = await import("../spread/spread-pass");
        return spreadPass(context, log, { needs, dump, live, ...(beside && { beside }) }, mayGoOn);
      }
      const sink = new StagingSink(
        store.db,
        log.token,
        byName,
        store.limits,
        patientInserter(blockInserter()),
        mayGoOn,
      );
      const total = await estimateDocuments(store.db, [...byName.keys()]);
      const report = await run({
        ...needs,
        source: dump,
        ...(beside && { beside }),
        sink,
        reports: recordStorage(context, log),
        progress: (done) => {
          mayGoOn();
          reporter.progress(done, total, "documents");
        },
      });
      reporter.progress(report.totals.documentsAfter, report.totals.documentsAfter, "documents");
      await dump.complete();
      refuseInvalid(report);
      await readBack(context, log.token, sink, report);
      return { report, shapes: sink.shapes };
    },
    ({ report, figures }) => ({
      documents: report.totals.documentsBefore,
      changed: [...report.changed],
      ...(figures && { spread: figures.map((one) => ({ ...one })) }),
    }),
  );
}

/** Collections that are scanned at the same time: one is made ready by the server while the other is hashed. */
export const scansAtOnce = 2;

/** Order-free hash of a collection as it stands in the database now. */
export async function scan(
  { store }: Pick<MongoContext, "store">,
  collection: string,
  actual: string,
  mayGoOn: () => void,
): Promise<OrderFreeHash> {
  const hash = new OrderFreeHash();
  for await (const batch of new MongoSource(store.db, () => actual).batches(collection)) {
    mayGoOn();
    for (const document of batch) hash.add(document);
  }
  return hash;
}

/**
 * What was loaded is read back and compared with what was sent, and with what the migration reported (rule N14).
 * @param read what others have read back, by the name that it stands under; the rest is read here.
 */
export async function readBack(
  context: Pick<MongoContext, "store">,
  token: number,
  sink: { readonly hashes: ReadonlyMap<string, ContentHash> },
  report: ProcessReport,
  read: ReadonlyMap<string, ContentHash> = new Map(),
): Promise<void> {
  const found = await sideBySide([...sink.hashes], scansAtOnce, async ([collection, sent]) => {
    const name = stagingName(collection, token);
    const there = read.get(name) ?? (await scan(context, collection, name, () => undefined));
    const reported = report.collections.find((change) => change.collection === collection)?.hashAfter;
    const wanted = sent.toString();
    if (there.toString() === wanted && (reported === undefined || reported === wanted)) return [];
    return [
      {
        where: `${context.store.db.databaseName}.${name}`,
        found: `${there.documents} documents with content hash ${there.toString()}`,
        allowed: `${sent.documents} documents with content hash ${reported ?? wanted}, as the migration made them`,
        mend: "the server did not keep what it acknowledged: look into its log before the next attempt",
      },
    ];
  });
  const problems = found.flat();
  if (problems.length > 0) throw new Refusal("reading back", problems);
}
