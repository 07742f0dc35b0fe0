import type { Client } from "pg";
import { allEnded } from "../all-ended";
import { checkNotValid } from "./constraints";
import { type Contents, contentsOf, refuseOtherContent, refuseUnequal, those, type Which } from "./contents";
import { countingSince } from "./counters";
import { analyse, refreshViews } from "./derived";
import { type Migrated, migrate } from "./migrate";
import type { OneDatabase } from "./one-database";
import { rows } from "./server";
import { plain, type Table, tablesOf } from "./tables";

/** A next version that stands, and what the migration did to make it. */
export interface Made {
  readonly migrated: Migrated;
  readonly after: Contents;
}

/**
 * Migrates one of two copies that are byte for byte the same; the other stays as it is. Both are compared with the original at the same
 * time: what no step changed in the one that was migrated, all else in the other.
 */
export async function migrateBeside(one: OneDatabase, before: Contents): Promise<Made> {
  const { base, next } = one.names;
  const { migrated, isTouched, isWritten } = await migrateNext(one);
  const [after] = await allEnded(
    finish(one, () => true, isTouched),
    refuseUnequal(one, base, before, isWritten),
  );
  const isOther: Which = (table) => isTouched(table) && !isWritten(table) && !isSame(table, before, after);
  await refuseUnequal(one, base, before, isOther);
  refuseOtherContent(
    next,
    those(before, (table) => !isTouched(table)),
    after,
  );
  return { migrated, after };
}

/** Migrates the only copy, which has the original's statistics. @param unproved tables of it that nobody has compared with the original yet. */
export async function migrateAlone(one: OneDatabase, before: Contents, unproved: Which): Promise<Made> {
  const { next } = one.names;
  refuseOtherContent(next, those(before, unproved), await contentsOf(one, next, unproved));
  const { migrated, isTouched } = await migrateNext(one);
  const touched = await finish(one, isTouched, "new");
  return { migrated, after: new Map([...those(before, (table) => !isTouched(table)), ...touched]) };
}

/**
 * Migrates the only copy, which holds what is known, once more. A table is not read where its rows' hash stayed the same the first time,
 * and now no row was written and its file and columns are what they were.
 */
export async function migrateAgain(
  one: OneDatabase,
  before: Contents,
  first: Made & { readonly before: Contents },
): Promise<Made> {
  const { migrated, isTouched, isWritten } = await migrateNext(one);
  const isRead: Which = (table) =>
    isTouched(table) && (isWritten(table) || !isSame(table, first.before, first.after));
  const read = await finish(one, isRead, "new");
  return { migrated, after: new Map([...those(before, (table) => !isRead(table)), ...read]) };
}

/** A copy that was migrated, and what may differ in it from what it was. */
interface Stepped {
  readonly migrated: Migrated;
  /** What a step read, wrote or altered: nothing else can differ. */
  readonly isTouched: Which;
  /** What of this has other rows, as far as the server tells: it counted writes, or the rows lie in another file or are read otherwise. */
  readonly isWritten: Which;
}

async function migrateNext({
  server,
  secrets,
  database,
  only,
  chain,
  mayGoOn,
  names,
}: OneDatabase): Promise<Stepped> {
  const { next } = names;
  const [before, labels] = await server.with(next, shape);
  const done = await migrate({ server, secrets, database, actual: next, only }, chain, mayGoOn);
  const violations = [...done.violations, ...(await checkNotValid(server, next))];
  const [after, later] = await server.with(next, shape);
  // A label that is called otherwise is so in every row, and no table was touched.
  const isRelabelled = [...labels].some(([oid, label]) => later.get(oid) !== label);
  if (!done.touched || isRelabelled) {
    const migrated = { ...done, violations, touched: undefined };
    return { migrated, isTouched: () => true, isWritten: () => true };
  }
  const touched = new Set([...done.touched, ...otherNames(before, after)]);
  const isCounted = (await server.with(next, countingSince)) !== undefined;
  const same = new Set(isCounted ? before.map(standing) : []);
  const left = new Set(after.filter((table) => same.has(standing(table))).map(plain));
  const isTouched: Which = (table) => touched.has(table);
  const isWritten: Which = (table) =>
    isTouched(table) && !(left.has(table) && (done.counted.get(table) ?? []).every((count) => count === 0));
  return { migrated: { ...done, violations, touched }, isTouched, isWritten };
}

/** Tables, and the labels of enums by what the server knows them by. */
async function shape(client: Client): Promise<readonly [readonly Table[], ReadonlyMap<string, string>]> {
  const labels = await rows<{ oid: string; label: string }>(
    client,
    "SELECT oid::text, enumlabel AS label FROM pg_enum",
  );
  return [await tablesOf(client), new Map(labels.map(({ oid, label }) => [oid, label]))];
}

/** What of a table tells that rows which nobody wrote are what they were. */
function standing(table: Table): string {
  return JSON.stringify([table.oid, plain(table), table.file, table.values]);
}

function isSame(table: string, before: Contents, after: Contents): boolean {
  const [old, next] = [before.get(table), after.get(table)];
  return old !== undefined && next !== undefined && old.equals(next);
}

/** Names that tables have lost or got: a lock tells of a table by the name that it has at the end, where it still has one. */
function otherNames(before: readonly Table[], after: readonly Table[]): readonly string[] {
  const key = (table: Table): string => `${table.oid} ${plain(table)}`;
  const [then, now] = [new Set(before.map(key)), new Set(after.map(key))];
  return [
    ...before.filter((table) => !now.has(key(table))),
    ...after.filter((table) => !then.has(key(table))),
  ].map(plain);
}

/**
 * Brings what is derived from tables up to date, and reads tables back.
 * @param statistics which tables get new ones.
 */
async function finish(one: OneDatabase, which: Which, statistics: Which | "new"): Promise<Contents> {
  const { server, jobs, names } = one;
  const { next } = names;
  const [contents] = await allEnded(
    contentsOf(one, next, which),
    refreshViews(server, next).then(() => analyse({ server, database: next, jobs }, statistics)),
  );
  return contents;
}
