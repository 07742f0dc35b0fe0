import type { Db } from "mongodb";
import type { DocumentSource } from "../blocks";
import type { DumpStorage } from "../dump/storage";
import type { RecordState } from "../journal/record-state";
import type { PlanExtent } from "./data-plan";
import { estimateDocuments, listAll, userCollections } from "../store/catalog";
import { MongoSource } from "../store/mongo-source";
import { readManifest } from "../verify/verify-dump";
import { DumpSource } from "./dump-source";
import { SampledSource } from "./sampled-source";

/** How much a preview looks at: people wait for it, and it runs for every change of a pull request. */
export interface PreviewLimits {
  /** Documents of a database that is tried whole. */
  readonly whole: number;
  /** Documents of a dump that is tried whole: reading it burdens no server. */
  readonly dump: number;
  /** Hours after which a dump says too little about the data as it is. */
  readonly dumpHours: number;
  /** Documents of each collection otherwise. */
  readonly ofEach: number;
}

export const previewLimits: PreviewLimits = { whole: 50_000, dump: 1_000_000, dumpHours: 24, ofEach: 2_000 };

/** Which documents a preview is made over. */
export interface Extent {
  readonly how: PlanExtent;
  readonly source: DocumentSource;
  /** About how many documents are tried. */
  readonly documents: number;
  /** How many documents each collection has in all; those that are not named: as many as are read. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Where a preview may look. */
export interface Places {
  readonly db: Db;
  /** The newest record of the journal. */
  readonly last: RecordState | undefined;
  /** Where dumps stay. */
  readonly keep: DumpStorage;
  /** Schema version that the data has. */
  readonly version: string;
  /** The same for the same release, so that the same documents are tried. */
  readonly seed: string;
}

/** Everything where it is small; a recent dump's everything where there is one; else a sample of every collection. */
export async function chooseExtent(places: Places, limits: PreviewLimits): Promise<Extent> {
  const { db, seed } = places;
  const names = userCollections(await listAll(db)).map(({ name }) => name);
  const documents = await estimateDocuments(db, names);
  if (documents <= limits.whole)
    return { how: { over: "everything" }, source: new MongoSource(db), documents, counts: new Map() };
  const dump = await recentDump(places, limits);
  if (dump) return dump;
  const source = new SampledSource(db, limits.ofEach, seed);
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, await source.count(name));
  const tried = [...counts.values()].reduce((sum, count) => sum + Math.min(count, limits.ofEach), 0);
  return { how: { over: "sample", ofEach: limits.ofEach }, source, documents: tried, counts };
}

/** Whether the dump of a record holds the data as it is by its version: the last release's own holds what was before it. */
export function isAsNow({ closed, opened }: RecordState, version: string): boolean {
  if (!closed || opened.schema.from !== version) return false;
  return closed.outcome !== "released" || opened.schema.to === version;
}

/** The dump of an attempt that was taken back: the last release's own holds the data as it was one version earlier. */
async function recentDump(
  { db, last, keep, version }: Places,
  limits: PreviewLimits,
): Promise<Extent | undefined> {
  if (!last || !isAsNow(last, version)) return undefined;
  const storage = keep.within(last.id);
  const manifest = await readManifest(storage).catch(() => undefined);
  if (manifest?.database !== db.databaseName) return undefined;
  const hours = (Date.now() - Date.parse(manifest.at)) / 3_600_000;
  const source = new DumpSource(storage, manifest);
  if (hours > limits.dumpHours || source.documents > limits.dump || !(await source.isWhole()))
    return undefined;
  return {
    how: { over: "dump", record: last.id, at: manifest.at },
    source,
    documents: source.documents,
    counts: new Map(),
  };
}
