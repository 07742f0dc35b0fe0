import type { DumpStorage } from "../dump/storage";
import { type Contents, contentsOf } from "./contents";
import { copyDatabase, dump } from "./copy";
import { traitsOf } from "./database";
import type { Migrated } from "./migrate";
import { load } from "./load-dump";
import { migrateAlone } from "./next-version";
import type { OneDatabase } from "./one-database";
import { inSnapshot } from "./snapshot";

/** A database's copy before and after the migration, standing beside each other. */
export interface Tried {
  readonly before: Contents;
  readonly after: Contents;
  readonly violations: Migrated["violations"];
}

/** Loads a dump beside the original and migrates a copy of that. @param kept where a dump of it is; without it one is taken. */
export async function migrateCopy(one: OneDatabase, kept: DumpStorage | undefined): Promise<Tried> {
  const { server, programs, database, names, at, jobs, storage } = one;
  const folder = await storage.localFolder(database);
  if (kept) await copyFiles(kept, storage.within(database));
  const traits = await inSnapshot(server, database, async ({ client, id: snapshot }) => {
    if (kept === undefined) await dump(programs, { database, folder, snapshot, jobs });
    return traitsOf(client, database);
  });
  if (!traits) throw new Error(`${database} is gone`);
  await load(server, programs, { folder, database, actual: names.base, traits, jobs, at });
  const before = await contentsOf(one, names.base);
  await server.with(at, (client) => copyDatabase(client, names.base, names.next, traits.owner));
  const { migrated, after } = await migrateAlone(one, before, () => false);
  return { before, after, violations: migrated.violations };
}

/** pg_restore wants its dump in a folder of this machine, wherever it is kept. */
async function copyFiles(from: DumpStorage, to: DumpStorage): Promise<void> {
  for (const name of (await from.list()).keys()) {
    const file = await to.put(name);
    for await (const bytes of from.get(name)) await file.write(bytes);
    await file.publish();
  }
}
