import { recordStorage } from "../conductor/record-storage";
import type { DumpingSource } from "../dump/dump";
import { dumpFileName } from "../dump/file-names";
import type { Segment } from "../dump/manifest";
import type { RecordLog } from "../journal/record-log";
import type { MongoContext } from "../store/mongo-context";
import { contentOf } from "./database-stages";
import type { Piece, ReadingUnit, UnitResult } from "./work";

/**
 * What workers have dumped becomes part of the dump, the same as one process leaves it: one file for each collection.
 * @returns where each unit's documents lie in it, by the unit's id.
 */
export async function takeDumped(
  context: MongoContext,
  log: RecordLog,
  dump: DumpingSource,
  units: readonly ReadingUnit[],
  results: ReadonlyMap<string, UnitResult>,
): Promise<ReadonlyMap<string, readonly Piece[]>> {
  const storage = recordStorage(context, log);
  const places = new Map<string, readonly Piece[]>();
  for (const collection of new Set(units.map((unit) => unit.collection))) {
    const file = `${dumpFileName(collection)}.bson`;
    const place = `${context.store.db.databaseName}/${file}`;
    const own = units.filter((unit) => unit.collection === collection);
    const parts = own.map(({ id }) => dumpedBy(id, results));
    await storage.join(
      place,
      parts.map((part) => part.file),
    );
    const segments = oneAfterTheOther(parts.map((part) => part.segments));
    dump.take(collection, { file, hash: contentOf(collection, units, results), segments: segments.flat() });
    for (const [at, { id }] of own.entries())
      places.set(
        id,
        (segments[at] ?? []).map((segment) => ({ collection, file: place, ...segment })),
      );
  }
  return places;
}

function dumpedBy(id: string, results: ReadonlyMap<string, UnitResult>): NonNullable<UnitResult["dumped"]> {
  const dumped = results.get(id)?.dumped;
  if (!dumped) throw new Error(`unit ${id} dumped nothing`);
  return dumped;
}

/** Where the segments of each part lie when the parts stand one behind the other. */
function oneAfterTheOther(parts: readonly (readonly Segment[])[]): readonly (readonly Segment[])[] {
  let offset = 0;
  return parts.map((segments) =>
    segments.map((segment) => {
      const moved = { ...segment, offset };
      offset += segment.bytes;
      return moved;
    }),
  );
}
