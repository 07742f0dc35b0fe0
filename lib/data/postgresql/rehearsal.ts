import { Refusal } from "../../problem";
import { allEnded } from "../all-ended";
import { checkNotValid } from "./constraints";
import { copyDatabase, dropDatabase, dump, load } from "./copy";
import { type DatabaseTraits, traitsOf } from "./database";
import { refreshDerived } from "./derived";
import { largeObjectsHash } from "./large-objects";
import { type Mark, markOf } from "./mark";
import { type Migrated, migrate } from "./migrate";
import type { OneDatabase } from "./one-database";
import { linesThatDiffer, schemaText } from "./schema-text";
import { type SequenceState, sequencesOf } from "./sequences";
import { sideBySide } from "./side-by-side";
import { contentOf, type TableContent } from "./table-hash";
import { plain, tablesOf } from "./tables";

/** Contents by `schema.table`. */
export type Contents = ReadonlyMap<string, TableContent>;

/** A database, its copy, and the next version that was made from it. */
export interface Rehearsed {
  readonly traits: DatabaseTraits;
  /** The original at the instant that the copy shows. */
  readonly mark: Mark;
  readonly schema: readonly string[];
  readonly sequences: ReadonlyMap<string, SequenceState>;
  /** Hash over all large objects. */
  readonly objects: string;
  readonly before: Contents;
  readonly after: Contents;
  readonly migrated: Migrated;
}

/**
 * Dumps a database as one snapshot shows it, loads the dump beside it, proves that to be equal, and migrates a copy of that.
 * @param keepBase whether the loaded copy stays as it is, so that users' later writes can be carried into it.
 * @throws Refusal where dump, load, migration or proof fail.
 */
export async function rehearse(one: OneDatabase, keepBase: boolean): Promise<Rehearsed> {
  const { server, programs, database, jobs, storage } = one;
  const { base, next } = one.names;
  await storage.within(database).remove();
  const folder = await storage.localFolder(database);
  const seen = await server.with(database, async (client) => {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const exported = await client.query<{ snapshot: string }>("SELECT pg_export_snapshot() AS snapshot");
    const snapshot = exported.rows[0]?.snapshot ?? "";
    const traits = await traitsOf(client, database);
    if (!traits) throw new Error(`${database} is gone`);
    const sequences = await sequencesOf(client);
    const tables = await tablesOf(client);
    const request = { database, folder, snapshot, jobs };
    const hashing = sideBySide({ server, database, jobs, snapshot }, tables, async (session, table) => {
      one.mayGoOn();
      return [plain(table), await contentOf(session, table)] as const;
    });
    const [before] = await allEnded(
      hashing.then((found) => new Map(found)),
      dump(programs, request),
    );
    const counts = new Map([...before].map(([table, { rows }]) => [table, rows]));
    const mark = await markOf(client, counts);
    const objects = await largeObjectsHash(client);
    await client.query("COMMIT");
    return { traits, sequences, before, mark, objects };
  });
  one.mayGoOn();
  await load(server, programs, {
    folder,
    actual: keepBase ? base : next,
    traits: seen.traits,
    jobs,
    at: one.at,
  });
  one.mayGoOn();
  const schema = await schemaText(programs, database);
  refuseOther(database, schema, await schemaText(programs, keepBase ? base : next));
  if (keepBase) await server.with(one.at, (client) => copyDatabase(client, base, next, seen.traits.owner));
  const { migrated, after } = await makeNext(one, seen.before, keepBase ? base : next);
  return { ...seen, schema, migrated, after };
}

/**
 * Migrates the next version, which is a copy of the original by now, and reads it back. What no step touched must hold what the
 * original held; what a step touched is compared in the copy that it was made from.
 */
export async function makeNext(
  one: OneDatabase,
  before: Contents,
  copied: string,
): Promise<{ readonly migrated: Migrated; readonly after: Contents }> {
  const { server, database, names } = one;
  if (copied === names.next) await refuseUnequal(one, names.next, before, undefined);
  const copy = { server, secrets: one.secrets, database, actual: names.next, only: one.only };
  const done = await migrate(copy, one.chain, one.mayGoOn);
  const notValid = await checkNotValid(server, names.next);
  const migrated = { ...done, violations: [...done.violations, ...notValid] };
  const { touched } = migrated;
  const isTouched = (table: string): boolean => touched?.has(table) ?? true;
  if (copied !== names.next) await refuseUnequal(one, copied, before, isTouched);
  await refreshDerived(server, names.next, touched === undefined || touched.size > 0);
  const after = await contentsOf(one, names.next);
  const kept = new Map([...before].filter(([table]) => !isTouched(table)));
  refuseOtherContent(names.next, kept, after);
  return { migrated, after };
}

/** What every table of a version holds. @param only tables to look at; all where absent. */
export async function contentsOf(
  { server, jobs, mayGoOn }: OneDatabase,
  actual: string,
  only: (table: string) => boolean = () => true,
): Promise<Contents> {
  const tables = (await server.with(actual, tablesOf)).filter((table) => only(plain(table)));
  const found = await sideBySide({ server, database: actual, jobs }, tables, async (session, table) => {
    mayGoOn();
    return [plain(table), await contentOf(session, table)] as const;
  });
  return new Map(found);
}

/** Drops a version that is not needed any more. */
export async function dropVersion({ server, at }: OneDatabase, actual: string): Promise<void> {
  await server.with(at, (client) => dropDatabase(client, actual));
}

/** @throws Refusal where a copy's tables hold something else than the original's. */
export async function refuseUnequal(
  one: OneDatabase,
  actual: string,
  before: Contents,
  only: ((table: string) => boolean) | undefined,
): Promise<void> {
  const wanted = new Map([...before].filter(([table]) => only?.(table) ?? true));
  refuseOtherContent(actual, wanted, await contentsOf(one, actual, only));
}

function refuseOtherContent(actual: string, wanted: Contents, found: Contents): void {
  const problems = [...wanted].flatMap(([table, { rows, hash }]) => {
    const there = found.get(table);
    if (there?.hash === hash && there.rows === rows) return [];
    return [
      {
        where: `${actual}.${table}`,
        found: there ? `${there.rows} rows with content hash ${there.hash}` : "no such table",
        allowed: `${rows} rows with content hash ${hash}, as in the original`,
        mend: "the copy is not what was dumped: look into the server's log before the next attempt",
      },
    ];
  });
  if (problems.length > 0) throw new Refusal("reading back", problems);
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
