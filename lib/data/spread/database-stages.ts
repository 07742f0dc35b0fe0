import type { Db } from "mongodb";
import type { ContentHash } from "../order-free-hash";
import { idRanges } from "../store/id-ranges";
import type { MongoContext } from "../store/mongo-context";
import { sumOfPassed } from "./passed";
import type { StageName } from "./stage-figures";
import type { SpreadStages } from "./stages";
import type { ReadingUnit, Stretch, UnitResult } from "./work";

/** A collection is read in this many ranges at most: their bounds are drawn before anything begins. */
const mostRanges = 1000;

/**
 * Collections, cut into what a worker reads at a time.
 * @returns nothing of empty ones; nothing at all where pods would take longer to start than one process to read everything.
 */
export async function stretchesOf(
  db: Db,
  { execution, segmentBytes }: Pick<SpreadStages, "execution" | "segmentBytes">,
  collections: readonly string[],
): Promise<ReadonlyMap<string, readonly Stretch[]>> {
  const sizes = new Map<string, { readonly documents: number; readonly bytes: number }>();
  for (const name of collections) sizes.set(name, await sizeOf(db, name));
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size.bytes, 0);
  const found = new Map<string, readonly Stretch[]>();
  if (bytes < execution.workers * segmentBytes) return found;
  for (const [collection, size] of sizes) {
    if (size.documents === 0) continue;
    const most = Math.min(mostRanges, Math.floor(size.bytes / segmentBytes));
    const ranges = await idRanges(db, collection, most);
    const stretches = ranges.map((range): Stretch => ({
      collection,
      range,
      documents: Math.round(size.documents / ranges.length),
      bytes: Math.round(size.bytes / ranges.length),
    }));
    found.set(collection, stretches);
  }
  return found;
}

/** One unit for each stretch. @param name what their ids begin with. */
export function readingUnits<Does extends ReadingUnit["do"]>(
  does: Does,
  stretches: ReadonlyMap<string, readonly Stretch[]>,
  name: string = does,
): readonly ReadingUnit<Does>[] {
  return [...stretches.values()].flat().map((stretch, at) => ({ do: does, id: `${name}-${at}`, ...stretch }));
}

/** What stands in collections of the database, as workers read it; empty where it is not worth a Job. */
export async function scanStage(
  { store: { db } }: Pick<MongoContext, "store">,
  stages: SpreadStages,
  collections: readonly string[],
  stage: Extract<StageName, "read-back" | "compare">,
): Promise<ReadonlyMap<string, ContentHash>> {
  const stretches = await stretchesOf(db, stages, collections);
  const units = readingUnits("scan", stretches, stage);
  const results = await stages.run(stage, units);
  return new Map([...stretches.keys()].map((name) => [name, contentOf(name, units, results)]));
}

/** About how much a collection holds. */
export async function sizeOf(
  db: Db,
  name: string,
): Promise<{ readonly documents: number; readonly bytes: number }> {
  const stats = await db.command({ collStats: name });
  return { documents: Number(stats["count"] ?? 0), bytes: Number(stats["size"] ?? 0) };
}

/** All of a collection, from the units that read it. */
export function contentOf(
  collection: string,
  units: readonly ReadingUnit[],
  results: ReadonlyMap<string, UnitResult>,
): ContentHash {
  const own = units.filter((unit) => unit.collection === collection);
  return sumOfPassed(own.flatMap(({ id }) => results.get(id)?.passed ?? []));
}
