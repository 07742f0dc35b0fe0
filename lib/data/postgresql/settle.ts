import { allEnded } from "../all-ended";
import { sideBySide as itemsSideBySide } from "../side-by-side";
import { type Contents, contentsOf } from "./contents";
import { rehearse, type Rehearsed } from "./rehearsal";
import { carry } from "./delta";
import { type Mark, markOf, since, type Since } from "./mark";
import { largeObjectsHash } from "./large-objects";
import type { OneDatabase } from "./one-database";
import { migrateAlone } from "./next-version";
import { filesOf, replaceDatabase } from "./copy";
import { grantsOf, makeAlike, traitsOf, traitsThatDiffer } from "./database";
import { schemaText } from "./schema-text";
import { followSequences, sequencesOf } from "./sequences";
import { plain } from "./tables";
import { Refusal } from "../../problem";

/** A database whose writes are closed, and its next version made from exactly what it holds. */
export interface Settled extends Rehearsed {
  /** The original as it is while writes are closed. */
  readonly closed: Mark;
}

/**
 * Looks what users wrote since the rehearsal, and makes that again and nothing else. Rows are carried into the unmigrated copy, which
 * is migrated once more; only where tables were altered, or rows can't be carried, everything is done again.
 */
export async function settle(
  one: OneDatabase,
  rehearsed: Rehearsed,
  says: (text: string) => void,
): Promise<Settled> {
  const found = await look(one, rehearsed);
  let version: Rehearsed = rehearsed;
  if (found.altered !== undefined || (found.since.written.length > 0 && !found.mayCarry)) {
    says(
      `everything again in ${one.database}: ${found.altered ?? "rows can't be carried without the right to set session_replication_role"}`,
    );
    version = await rehearse(one, false);
  } else if (found.since.written.length > 0) {
    says(`again what users changed in ${found.since.written.map(({ table }) => plain(table)).join(", ")}`);
    version = await carryOver(one, rehearsed, found.since);
  } else {
    await one.server.with(one.names.next, (client) =>
      followSequences(client, rehearsed.sequences, found.sequences),
    );
  }
  await makeNextAlike(one);
  const closed = await one.server.with(one.database, async (client) => {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    return markOf(client, new Map([...version.before].map(([table, { rows }]) => [table, rows])));
  });
  return { ...version, closed };
}

interface Looked {
  readonly since: Since;
  /** Why rows alone would not do; undefined where they do. */
  readonly altered: string | undefined;
  readonly sequences: Rehearsed["sequences"];
  readonly mayCarry: boolean;
}

async function look(one: OneDatabase, rehearsed: Rehearsed): Promise<Looked> {
  const { server, programs, database } = one;
  const [found, schema] = await Promise.all([
    server.with(database, async (client) => {
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      return {
        since: await since(client, rehearsed.mark, false),
        sequences: await sequencesOf(client),
        objects: await largeObjectsHash(client),
      };
    }),
    schemaText(programs, database),
  ]);
  const mayCarry = await server.with(one.at, (client) =>
    client.query("SET session_replication_role = replica").then(
      () => true,
      () => false,
    ),
  );
  const altered =
    found.since.reshaped.length > 0
      ? `tables were altered: ${found.since.reshaped.join(", ")}`
      : schema.join("\n") !== rehearsed.schema.join("\n")
        ? "something was altered in its catalogue"
        : found.objects === rehearsed.objects
          ? undefined
          : "large objects were written";
  return { since: found.since, sequences: found.sequences, altered, mayCarry };
}

/** Writes are closed: the unmigrated copy, which nobody needs as it is any more, becomes the next version. */
async function carryOver(one: OneDatabase, rehearsed: Rehearsed, { written }: Since): Promise<Rehearsed> {
  const { server, programs, database, jobs, names, storage, mayGoOn } = one;
  const way = {
    server,
    programs,
    from: database,
    to: names.next,
    horizon: rehearsed.mark.horizon,
    folder: await storage.localFolder(changedRows(database)),
  };
  await server.with(one.at, (client) => replaceDatabase(client, names.base, names.next));
  const changed = new Set(written.map(({ table }) => plain(table)));
  const before = contentsOf(one, database, (table) => changed.has(table)).then(
    (found): Contents => new Map([...rehearsed.before, ...found]),
  );
  const next = async (): Promise<Rehearsed> => {
    await itemsSideBySide(written, jobs, async (table) => {
      mayGoOn();
      await carry(way, table, rehearsed.before.get(plain(table.table))?.rows ?? 0);
    });
    const sequences = await server.with(database, sequencesOf);
    await server.with(names.next, (client) => followSequences(client, rehearsed.sequences, sequences));
    const made = await migrateAlone(one, before, (table) => changed.has(table));
    return { ...rehearsed, before: await before, sequences, ...made };
  };
  // The original is read while the copy is worked on.
  const [, version] = await allEnded(before, next());
  return version;
}

/** All that pg_dump leaves out comes last: a fence that closes the original closes its next version too. */
async function makeNextAlike({ server, database, names, at }: OneDatabase): Promise<void> {
  await server.with(at, async (client) => {
    const live = await traitsOf(client, database);
    if (!live) throw new Error(`${database} is gone`);
    for (const statement of makeAlike(names.next, live, await grantsOf(client, database)))
      await client.query(statement);
    const next = await traitsOf(client, names.next);
    const differ = next ? traitsThatDiffer(live, next) : ["existence"];
    if (differ.length === 0) return;
    throw new Refusal("catalogue", [
      {
        where: names.next,
        found: `another ${differ.join(", ")} than ${database} has`,
        allowed: "the same",
        mend: "give the release's user the rights of docs/postgresql-user.md",
      },
    ]);
  });
}

/** Beside the database's own dump. */
function changedRows(database: string): string {
  return `${database}.changed`;
}

/** What `manifest.json` tells of one database's dump. */
export async function dumpedDatabase(
  { database, storage }: OneDatabase,
  { before, files }: Settled,
): Promise<DumpedDatabase> {
  const carried = changedRows(database);
  await storage.publishFolder(carried);
  return {
    database,
    files,
    changed: await filesOf(storage.within(carried)),
    tables: Object.fromEntries([...before].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export interface DumpedDatabase {
  readonly database: string;
  /** pg_dump's own directory. */
  readonly files: Awaited<ReturnType<typeof filesOf>>;
  /** Rows that users wrote while the dump was taken and loaded, as COPY writes them. */
  readonly changed: Awaited<ReturnType<typeof filesOf>>;
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly hash: string }>>;
}
