import { allEnded } from "../all-ended";
import { checkNotValid } from "./constraints";
import { type Contents, contentsOf, refuseOtherContent, refuseUnequal, those, type Which } from "./contents";
import { analyse, refreshViews } from "./derived";
import { type Migrated, migrate } from "./migrate";
import type { OneDatabase } from "./one-database";
import { plain, type Table, tablesOf } from "./tables";

/** A next version that stands, and what the migration did to make it. */
export interface Made {
  readonly migrated: Migrated;
  readonly after: Contents;
}

/**
 * Migrates one of two copies that are byte for byte the same; the other stays as it is. Both are compared with the original at the same
 * time: what no step touched in the one that was migrated, all else in the other.
 */
export async function migrateBeside(one: OneDatabase, before: Contents): Promise<Made> {
  const { base, next } = one.names;
  const migrated = await migrateNext(one);
  const isTouched = touchedBy(migrated);
  const [after] = await allEnded(
    finish(one, () => true, isTouched),
    refuseUnequal(one, base, before, isTouched),
  );
  refuseOtherContent(
    next,
    those(before, (table) => !isTouched(table)),
    after,
  );
  return { migrated, after };
}

/**
 * Migrates the only copy, which has the original's statistics.
 * @param before what the original holds; it may be known last of all.
 * @param unproved tables of the copy that nobody has compared with the original yet.
 */
export async function migrateAlone(
  one: OneDatabase,
  before: Promise<Contents>,
  unproved: Which,
): Promise<Made> {
  const { next } = one.names;
  const copied = await contentsOf(one, next, unproved);
  const migrated = await migrateNext(one);
  const isTouched = touchedBy(migrated);
  const touched = await finish(one, isTouched, "new");
  const original = await before;
  refuseOtherContent(next, those(original, unproved), copied);
  const untouched = those(original, (table) => !isTouched(table));
  return { migrated, after: new Map([...untouched, ...touched]) };
}

async function migrateNext({
  server,
  secrets,
  database,
  only,
  chain,
  mayGoOn,
  names,
}: OneDatabase): Promise<Migrated> {
  const { next } = names;
  const before = await server.with(next, tablesOf);
  const done = await migrate({ server, secrets, database, actual: next, only }, chain, mayGoOn);
  const violations = [...done.violations, ...(await checkNotValid(server, next))];
  if (!done.touched) return { ...done, violations };
  const moved = otherNames(before, await server.with(next, tablesOf));
  return { ...done, violations, touched: new Set([...done.touched, ...moved]) };
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

function touchedBy({ touched }: Migrated): Which {
  return (table) => touched?.has(table) ?? true;
}

/**
 * Brings what is derived from tables up to date, and reads tables back.
 * @param statistics which tables get new ones.
 */
async function finish(one: OneDatabase, which: Which, statistics: Which | "new"): Promise<Contents> {
  const { server, jobs, names } = one;
  const { next } = names;
  await refreshViews(server, next);
  const [contents] = await allEnded(
    contentsOf(one, next, which),
    analyse({ server, database: next, jobs }, statistics),
  );
  return contents;
}
