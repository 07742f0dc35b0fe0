import type { CollectionInfo } from "../store/catalog";
import { listAll, listIndexes, userCollections } from "../store/catalog";
import { sealDump } from "../dump/dump";
import { Refusal } from "../../problem";
import type { RecordLog } from "../journal/record-log";
import type { Context } from "./context";
import { recordFolder, scan, type Staged } from "./forward";
import type { ReleasePlan } from "./plan";

/**
 * Scans the closed data raw and compares it with what the rehearsal saw.
 * @returns names of collections whose content is another, that are new, or that are gone.
 */
export async function changedSince(
  context: Context,
  staged: Staged,
  live: readonly CollectionInfo[],
  mayGoOn: () => void,
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const [index, { name }] of live.entries()) {
    context.reporter.progress(index, live.length, "collections");
    const now = await scan(context, name, name, mayGoOn);
    if (staged.dump.written.get(name)?.hash.toString() !== now.toString()) changed.push(name);
  }
  const names = new Set(live.map(({ name }) => name));
  return [...changed, ...[...staged.dump.written.keys()].filter((name) => !names.has(name))];
}

/** The live collections as they are now. */
export async function liveNow({ store }: Context): Promise<readonly CollectionInfo[]> {
  return userCollections(await listAll(store.db));
}

/**
 * Makes the dump of the record whole: metadata, indexes, manifest (rule N11).
 * @throws Refusal when it holds less than the database, or another content.
 */
export async function finishDump(
  context: Context,
  log: RecordLog,
  plan: ReleasePlan,
  staged: Staged,
  live: readonly CollectionInfo[],
): Promise<void> {
  const { store } = context;
  const collections = [];
  for (const info of live) {
    const written = staged.dump.written.get(info.name);
    if (!written) throw incomplete(info.name, "no documents of it");
    collections.push({ info, indexes: await listIndexes(store.db, info.name), written });
  }
  await sealDump(
    recordFolder(context, log),
    {
      record: log.record,
      database: store.db.databaseName,
      at: new Date().toISOString(),
      server: store.limits.version,
      views: plan.all.filter(({ type }) => type === "view").map(({ name, options }) => ({ name, options })),
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
