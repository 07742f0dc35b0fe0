import { DumpingSource } from "../dump/dump";
import type { RecordLog } from "../journal/record-log";
import type { Beside, ProcessReport } from "../migrations";
import type { CollectionInfo } from "./catalog";
import { MongoSource } from "./mongo-source";
import type { MongoContext } from "./mongo-context";
import { runPass, segmentOf, stageNextVersion, type StagedCollections } from "./stage-next";
import { recordStorage } from "../conductor/record-storage";

/** What the rehearsal staged, and in what the closed data differs from what it saw. */
export interface Differences {
  readonly staged: StagedCollections;
  readonly live: readonly CollectionInfo[];
  readonly changed: readonly string[];
}

/**
 * Stages again, while writes are closed, what users changed since the rehearsal, and nothing else. A migration may carry
 * content between the collections that it looks into, so they go together: all of them again when one of them changed. A
 * collection that it never looks into is only judged again. When collections came or went, everything is done again.
 */
export async function stageAgain(
  context: MongoContext,
  log: RecordLog,
  { staged, live, changed }: Differences,
  mayGoOn: () => void,
): Promise<StagedCollections> {
  const { process } = context;
  const { report, dump, shapes } = staged;
  const names = new Set(live.map(({ name }) => name));
  const sameNames = changed.every((name) => names.has(name) && dump.written.has(name));
  context.reporter.stage("migrate", `again what users changed since the rehearsal: ${changed.join(", ")}`);
  if (!sameNames) return stageNextVersion(context, log, live, mayGoOn);
  const touched = new Set([...report.touched, ...report.changed]);
  const moved = changed.some((name) => touched.has(name));
  const again = live.filter(({ name }) => changed.includes(name) || (moved && touched.has(name)));
  const part = new DumpingSource(
    new MongoSource(context.store.db),
    recordStorage(context, log).within(context.store.db.databaseName),
    again.map(({ name }) => name),
    mayGoOn,
    await segmentOf(context),
  );
  const needs = moved ? process.needs : { ...process.needs, chain: [] };
  const found = await runPass(
    context,
    log,
    { run: process.run, needs, dump: part, live: again, beside: restOf(context, staged, live, again) },
    mayGoOn,
  );
  dump.replace(part);
  return { dump, report: merged(report, found.report), shapes: new Map([...shapes, ...found.shapes]) };
}

/** Collections that are not done again: none of them migrates, so they are what they will be. */
function restOf(
  { store }: MongoContext,
  { report: { idKinds } }: StagedCollections,
  live: readonly CollectionInfo[],
  again: readonly CollectionInfo[],
): Beside {
  const source = new MongoSource(store.db);
  const names = live.filter((info) => !again.includes(info)).map(({ name }) => name);
  return {
    source: { collections: () => Promise.resolve(names), read: (collection) => source.read(collection) },
    idKinds,
  };
}

/** The second report stands for the collections that it is about, the first for all others. */
function merged(first: ProcessReport, second: ProcessReport): ProcessReport {
  const about = new Set(second.collections.map(({ collection }) => collection));
  const other = <Item>(items: readonly Item[], name: (item: Item) => string): readonly Item[] =>
    items.filter((item) => !about.has(name(item)));
  const collections = [...other(first.collections, (change) => change.collection), ...second.collections];
  const sum = (of: (change: ProcessReport["collections"][number]) => number): number =>
    collections.reduce((total, change) => total + of(change), 0);
  const again = second.touched.length > 0 ? second : first;
  return {
    ...again,
    collections,
    changed: [...other(first.changed, (name) => name), ...second.changed],
    touched: first.touched,
    idKinds: [...new Set([...first.idKinds, ...second.idKinds])],
    unjudged: [...other(first.unjudged, ({ collection }) => collection), ...second.unjudged],
    totals: {
      ...again.totals,
      documentsBefore: sum(({ documentsBefore }) => documentsBefore),
      documentsAfter: sum(({ documentsAfter }) => documentsAfter),
    },
  };
}
