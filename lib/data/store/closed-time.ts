import type { Document } from "mongodb";
import { asBefore } from "../fence/expiry";
import type { CollectionInfo } from "./catalog";
import { listAll, listIndexes, userCollections } from "./catalog";
import { shapeOf } from "./shape";
import { sealDump } from "../dump/dump";
import { Refusal } from "../../problem";
import { sideBySide } from "../side-by-side";
import type { RecordLog } from "../journal/record-log";
import type { ContentHash } from "../order-free-hash";
import type { MongoContext } from "./mongo-context";
import { scan, scansAtOnce, type StagedCollections } from "./stage-next";
import { stateOf } from "../conductor/record";
import { recordStorage } from "../conductor/record-storage";

/**
 * Scans the closed data raw and compares it with what the rehearsal saw.
 * @returns names of collections whose content, options or indexes are others, that are new, or that are gone.
 */
export async function changedSince(
  context: MongoContext,
  log: RecordLog,
  { staged, live }: { readonly staged: StagedCollections; readonly live: readonly CollectionInfo[] },
  mayGoOn: () => void,
): Promise<readonly string[]> {
  let scanned = 0;
  const read = context.spec.execution ? await readByWorkers(context, log, live, mayGoOn) : undefined;
  const differing = await sideBySide(live, scansAtOnce, async ({ name, options }) => {
    const now = read?.get(name) ?? (await scan(context, name, name, mayGoOn));
    context.reporter.progress(++scanned, live.length, "collections");
    const sameContent = staged.dump.written.get(name)?.hash.toString() === now.toString();
    return sameContent && (await sameShape(context, staged, name, options)) ? [] : [name];
  });
  const changed = differing.flat();
  const names = new Set(live.map(({ name }) => name));
  return [...changed, ...[...staged.dump.written.keys()].filter((name) => !names.has(name))];
}

async function readByWorkers(
  context: MongoContext,
  log: RecordLog,
  live: readonly CollectionInfo[],
  mayGoOn: () => void,
): Promise<ReadonlyMap<string, ContentHash>> {
  const { readLive } = await import("../spread/read-live");
  const names = live.map(({ name }) => name);
  return readLive(context, log, names, mayGoOn);
}

/** A new version is made like the live one: an index or a validator that was changed meanwhile must be in it. */
async function sameShape(
  { store }: MongoContext,
  { shapes }: StagedCollections,
  name: string,
  options: Document,
): Promise<boolean> {
  const made = shapes.get(name);
  return made === undefined || made === shapeOf(options, await listIndexes(store.db, name));
}

/** The live collections as they are now. */
export async function liveNow({ store }: MongoContext): Promise<readonly CollectionInfo[]> {
  return userCollections(await listAll(store.db));
}

/**
 * Makes the dump of the record whole: metadata, indexes, manifest (rule N11).
 * @throws Refusal when it holds less than the database, or another content.
 */
export async function finishDump(
  context: MongoContext,
  log: RecordLog,
  staged: StagedCollections,
  live: readonly CollectionInfo[],
): Promise<void> {
  const { store } = context;
  const { expiring } = stateOf(log);
  const views = (await listAll(store.db)).filter(({ type }) => type === "view");
  const collections = await sideBySide(live, scansAtOnce, async (info) => {
    const written = staged.dump.written.get(info.name);
    if (!written) throw incomplete(info.name, "no documents of it");
    const indexes = await listIndexes(store.db, info.name);
    return { info, indexes: indexes.map((index) => asBefore(info.name, index, expiring)), written };
  });
  await sealDump(
    recordStorage(context, log),
    {
      record: log.record,
      database: store.db.databaseName,
      at: new Date().toISOString(),
      server: store.limits.version,
      views: views.map(({ name, options }) => ({ name, options })),
    },
    collections,
  );
}

function incomplete(collection: string, found: string): Refusal {
  return new Refusal("dump", [
    {
      where: collection,
      found,
      allowed: "a dump of every document",
      mend: "start the release again; if it happens twice, look into the server's log",
    },
  ]);
}
