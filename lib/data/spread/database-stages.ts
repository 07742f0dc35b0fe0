import type { Db } from "mongodb";
import type { RecordLog } from "../journal/record-log";
import { recordStorage } from "../conductor/record-storage";
import type { WrittenCollection } from "../dump/collection-writer";
import type { DumpingSource } from "../dump/dump";
import { dumpFileName } from "../dump/file-names";
import type { Segment } from "../dump/manifest";
import type { DumpStorage } from "../dump/storage";
import type { ContentHash } from "../order-free-hash";
import { idRanges } from "../store/id-ranges";
import type { MongoContext } from "../store/mongo-context";
import { sumOfPassed } from "./passed";
import type { StageName } from "./stage-figures";
import type { SpreadStages } from "./stages";
import type { Stretch, Unit, UnitResult } from "./work";

/** A collection is read in this many ranges at most: their bounds are drawn before anything begins. */
const mostRanges = 1000;

/** Collections, and what to do with each. */
interface Reading {
  readonly stage: Extract<StageName, "dump" | "read-back" | "compare">;
  readonly does: "dump" | "scan";
  readonly collections: readonly string[];
}

/** What came of one collection, in the order of its ranges. */
type Read = ReadonlyMap<string, readonly UnitResult[]>;

/** Workers dump what nobody has dumped yet, where it is worth a Job; what they leave is the same as one process leaves. */
export async function dumpStage(
  context: MongoContext,
  log: RecordLog,
  stages: SpreadStages,
  dump: DumpingSource,
): Promise<void> {
  const { db } = context.store;
  const collections = (await dump.collections()).filter((name) => !dump.written.has(name));
  const read = await readStage(db, stages, { stage: "dump", does: "dump", collections });
  for (const [collection, results] of read)
    dump.take(collection, await joined(recordStorage(context, log), db.databaseName, collection, results));
}

/** What stands in collections of the database, as workers read it; empty where it is not worth a Job. */
export async function scanStage(
  { store: { db } }: Pick<MongoContext, "store">,
  stages: SpreadStages,
  collections: readonly string[],
  stage: "read-back" | "compare",
): Promise<ReadonlyMap<string, ContentHash>> {
  const read = await readStage(db, stages, { stage, does: "scan", collections });
  return new Map([...read].map(([collection, results]) => [collection, contentOf(results)]));
}

async function readStage(db: Db, stages: SpreadStages, { stage, does, collections }: Reading): Promise<Read> {
  const { segmentBytes } = stages;
  const sizes = new Map<string, { readonly documents: number; readonly bytes: number }>();
  for (const name of collections) sizes.set(name, await sizeOf(db, name));
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size.bytes, 0);
  // What is read raw is read in less time than pods take to start, until there is something for each of them.
  if (bytes < stages.execution.workers * segmentBytes) return new Map();
  const units: Unit[] = [];
  const idsOf = new Map<string, readonly string[]>();
  for (const [collection, size] of sizes) {
    const ranges = await idRanges(
      db,
      collection,
      Math.min(mostRanges, Math.floor(size.bytes / segmentBytes)),
    );
    const stretches = ranges.map((range): Stretch => ({
      collection,
      range,
      documents: Math.round(size.documents / ranges.length),
      bytes: Math.round(size.bytes / ranges.length),
    }));
    const made = stretches.map((stretch, at) => ({
      do: does,
      id: `${stage}-${units.length + at}`,
      ...stretch,
    }));
    units.push(...made);
    idsOf.set(
      collection,
      made.map(({ id }) => id),
    );
  }
  const results = await stages.run(stage, units);
  return new Map(
    [...idsOf].map(([collection, ids]) => [collection, ids.flatMap((id) => results.get(id) ?? [])]),
  );
}

/** About how much a collection holds. */
export async function sizeOf(
  db: Db,
  name: string,
): Promise<{ readonly documents: number; readonly bytes: number }> {
  const stats = await db.command({ collStats: name });
  return { documents: Number(stats["count"] ?? 0), bytes: Number(stats["size"] ?? 0) };
}

/** The files of a collection's ranges as the one file of a dump. */
async function joined(
  storage: DumpStorage,
  database: string,
  collection: string,
  results: readonly UnitResult[],
): Promise<WrittenCollection> {
  const file = `${dumpFileName(collection)}.bson`;
  const parts = results.flatMap(({ dumped }) => dumped ?? []);
  await storage.join(
    `${database}/${file}`,
    parts.map((part) => part.file),
  );
  return {
    file,
    hash: contentOf(results),
    segments: oneAfterTheOther(parts.map(({ segments }) => segments)),
  };
}

function oneAfterTheOther(parts: readonly (readonly Segment[])[]): readonly Segment[] {
  let offset = 0;
  return parts.flat().map((segment) => {
    const moved = { ...segment, offset };
    offset += segment.bytes;
    return moved;
  });
}

function contentOf(results: readonly UnitResult[]): ContentHash {
  return sumOfPassed(results.flatMap(({ passed }) => passed ?? []));
}
