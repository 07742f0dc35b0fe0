import { Refusal } from "../../problem";
import { allEnded } from "../all-ended";
import { type Contents, rowsOf } from "./contents";
import { copyDatabase, dump, filesOf } from "./copy";
import { type DatabaseTraits, traitsOf } from "./database";
import { analyse } from "./derived";
import { largeObjectsHash } from "./large-objects";
import { load } from "./load-dump";
import { type Mark, markOf } from "./mark";
import type { Migrated } from "./migrate";
import { migrateAlone, migrateBeside } from "./next-version";
import type { OneDatabase, VersionNames } from "./one-database";
import { linesThatDiffer, schemaText } from "./schema-text";
import { type SequenceState, sequencesOf } from "./sequences";
import { sideBySide } from "./side-by-side";
import { inSnapshot } from "./snapshot";
import { contentOf } from "./table-hash";
import { plain, tablesOf } from "./tables";

/** What one snapshot shows of a database. */
interface Seen {
  readonly traits: DatabaseTraits;
  /** The original at the instant that the copy shows. */
  readonly mark: Mark;
  readonly sequences: ReadonlyMap<string, SequenceState>;
  /** Hash over all large objects. */
  readonly objects: string;
  readonly before: Contents;
}

/** A database, its copy, and the next version that was made from it. */
export interface Rehearsed extends Seen {
  readonly schema: readonly string[];
  /** Of the dump. */
  readonly files: Awaited<ReturnType<typeof filesOf>>;
  readonly after: Contents;
  readonly migrated: Migrated;
  /** Both copies as they were compared with the original, so that it is seen whether anybody wrote to them since. */
  readonly marks: Readonly<Partial<Record<keyof VersionNames, Mark>>>;
}

/**
 * Dumps a database as one snapshot shows it, loads the dump beside it, proves that to be equal, and migrates a copy of that.
 * @param keepBase whether the loaded copy stays as it is, so that users' later writes can be carried into it.
 * @throws Refusal where dump, load, migration or proof fail.
 */
export async function rehearse(one: OneDatabase, keepBase: boolean): Promise<Rehearsed> {
  const { server, programs, database, jobs, storage, at, names } = one;
  const loaded = keepBase ? names.base : names.next;
  await storage.within(database).remove();
  const folder = await storage.localFolder(database);
  const seen = await dumpAndLook(one, folder);
  one.mayGoOn();
  const [, files] = await allEnded(
    load(server, programs, { folder, database, actual: loaded, traits: seen.traits, jobs, at }),
    storage.publishFolder(database).then(() => filesOf(storage.within(database))),
  );
  one.mayGoOn();
  // Statistics are copied with the rest.
  const [schema] = await allEnded(
    compareCatalogues(one, loaded),
    analyse({ server, database: loaded, jobs }, () => true),
  );
  if (!keepBase)
    return { ...seen, schema, files, marks: {}, ...(await migrateAlone(one, seen.before, () => true)) };
  await server.with(at, (client) => copyDatabase(client, loaded, names.next, seen.traits.owner));
  const made = await migrateBeside(one, seen.before);
  const marks = {
    base: await server.with(names.base, (client) => markOf(client, rowsOf(seen.before))),
    next: await server.with(names.next, (client) => markOf(client, rowsOf(made.after))),
  };
  return { ...seen, schema, files, marks, ...made };
}

/** The dump, and hashes of what it must hold, of one and the same snapshot. */
async function dumpAndLook(one: OneDatabase, folder: string): Promise<Seen> {
  const { server, programs, database, jobs } = one;
  return inSnapshot(server, database, async ({ client, id: snapshot, counters }) => {
    const traits = await traitsOf(client, database);
    if (!traits) throw new Error(`${database} is gone`);
    const sequences = await sequencesOf(client);
    const tables = await tablesOf(client);
    const hashing = sideBySide({ server, database, jobs, snapshot }, tables, async (session, table) => {
      one.mayGoOn();
      return [plain(table), await contentOf(session, table)] as const;
    });
    const [before] = await allEnded(
      hashing.then((found) => new Map(found)),
      dump(programs, { database, folder, snapshot, jobs }),
    );
    const mark = await markOf(client, rowsOf(before), counters);
    const objects = await largeObjectsHash(client);
    return { traits, sequences, before, mark, objects };
  });
}

/** @returns the original's. @throws Refusal where the copy's is another. */
async function compareCatalogues(
  { programs, database }: OneDatabase,
  copy: string,
): Promise<readonly string[]> {
  const [schema, found] = await allEnded(schemaText(programs, database), schemaText(programs, copy));
  refuseOther(database, schema, found);
  return schema;
}

function refuseOther(database: string, wanted: readonly string[], found: readonly string[]): void {
  const lines = linesThatDiffer(wanted, found);
  if (lines.length === 0) return;
  throw new Refusal("catalogue", [
    {
      where: database,
      found: `a copy whose catalogue differs: ${lines.slice(0, 10).join(" | ")}${lines.length > 10 ? ` and ${lines.length - 10} more lines` : ""}`,
      allowed: "owners, privileges, types, defaults and all else as in the original",
      mend: "give the release's user the rights of docs/postgresql-user.md; or nobody alters tables during a release",
    },
  ]);
}
