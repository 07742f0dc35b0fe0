import type { Db, Document } from "mongodb";
import type { Json } from "../../content-hash";
import type { RecordLog } from "../journal/record-log";
import { stepName } from "../journal/record-state";
import { listAll, listIndexes } from "../store/catalog";
import { expires } from "../store/shape";
import { type ExpiringIndex, type PausedExpiry, same } from "./expiring-index";

/** The latest expiry that a server takes, in seconds: 68 years after the indexed date. */
export const never = 2 ** 31 - 1;

/** All by which documents of these collections expire. */
export async function expiringIndexes(
  db: Db,
  collections: readonly string[],
): Promise<readonly ExpiringIndex[]> {
  const found: ExpiringIndex[] = [];
  const asked = new Set(collections);
  for (const { name: collection, options } of await listAll(db)) {
    if (!asked.has(collection)) continue;
    if (expires(options)) found.push({ collection, seconds: Number(options["expireAfterSeconds"]) });
    for (const index of (await listIndexes(db, collection)).filter(expires)) {
      const seconds = Number(index["expireAfterSeconds"]);
      found.push({ collection, index: String(index["name"]), seconds });
    }
  }
  return found;
}

/**
 * The server is a writer too: what expires while writes are closed would make the data another than the one that was
 * compared, and originals that are kept another than they were. So nothing expires from here to the re-opening; what it was
 * is on record first (fault group 32).
 */
export async function pauseExpiry(
  db: Db,
  log: RecordLog,
  { indexes, returning }: PausedExpiry,
): Promise<void> {
  if (indexes.length + returning.length === 0) return;
  const intent = { indexes, returning } as unknown as Json;
  await log.step(stepName.pauseExpiry, intent, async () => {
    for (const index of indexes) await setExpiry(db, { ...index, seconds: never });
  });
}

/** Gives back what was paused, to the collections that are live now. Idempotent; what somebody else has set since stays. */
export async function resumeExpiry(db: Db, log: RecordLog, saved: readonly ExpiringIndex[]): Promise<void> {
  const present = new Map((await listAll(db)).map(({ name, options }) => [name, options]));
  const now = await expiringIndexes(
    db,
    saved.map(({ collection }) => collection),
  );
  const paused = saved.filter((one) => {
    const options = present.get(one.collection);
    if (one.index === undefined) return options !== undefined && !expires(options);
    return now.some((other) => same(other, one) && other.seconds === never);
  });
  if (paused.length === 0) return;
  await log.step(stepName.resumeExpiry, { indexes: paused as unknown as Json }, async () => {
    for (const index of paused) await setExpiry(db, index);
  });
}

/** An index's description with its expiry as it was before it was paused, as a dump must tell it. */
export function asBefore(collection: string, index: Document, saved: readonly ExpiringIndex[]): Document {
  const before = saved.find((one) => one.collection === collection && one.index === index["name"]);
  return before ? { ...index, expireAfterSeconds: before.seconds } : index;
}

async function setExpiry(db: Db, { collection, index, seconds }: ExpiringIndex): Promise<void> {
  // A clustered collection takes no expiry that reaches behind 1970, and is told in words.
  const whole = { expireAfterSeconds: seconds === never ? "off" : seconds };
  const change = index === undefined ? whole : { index: { name: index, expireAfterSeconds: seconds } };
  await db.command({ collMod: collection, ...change });
}
