import type { RecordLog } from "../journal/record-log";
import type { ContentHash } from "../order-free-hash";
import type { MongoContext } from "../store/mongo-context";
import { segmentOf } from "../store/stage-next";
import { scanStage, sizeOf } from "./database-stages";
import { SpreadStages } from "./stages";

/** While writes are closed every second counts: workers are asked where each has so many pieces to read, which takes longer than to start. */
const leastPieces = 8;

/**
 * What the closed collections hold, as workers read them.
 * @returns content by collection; empty where the coordinator has read them sooner.
 * @throws Refusal when workers can't be had.
 */
export async function readLive(
  context: MongoContext,
  log: RecordLog,
  collections: readonly string[],
  mayGoOn: () => void,
): Promise<ReadonlyMap<string, ContentHash>> {
  const { spec, store, process } = context;
  const { execution } = spec;
  const segmentBytes = await segmentOf(context);
  if (!execution || segmentBytes === undefined) return new Map();
  const sizes = await Promise.all(collections.map((name) => sizeOf(store.db, name)));
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
  if (bytes < execution.workers * leastPieces * segmentBytes) return new Map();
  const { needs } = process;
  const stages = await SpreadStages.open(context, log, {
    needs,
    sources: collections,
    segmentBytes,
    mayGoOn,
  });
  try {
    return await scanStage(context, stages, collections, "compare");
  } finally {
    await stages.close();
  }
}
