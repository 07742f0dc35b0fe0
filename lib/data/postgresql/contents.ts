import { type Problem, Refusal } from "../../problem";
import type { OneDatabase } from "./one-database";
import { sideBySide } from "./side-by-side";
import { contentOf, type TableContent } from "./table-hash";
import { plain, tablesOf } from "./tables";

/** Contents by `schema.table`. */
export type Contents = ReadonlyMap<string, TableContent>;

/** Which tables, by `schema.table`. */
export type Which = (table: string) => boolean;

/** What tables of a version hold. */
export async function contentsOf(
  { server, jobs, mayGoOn }: OneDatabase,
  actual: string,
  which: Which = () => true,
): Promise<Contents> {
  const tables = (await server.with(actual, tablesOf)).filter((table) => which(plain(table)));
  const found = await sideBySide({ server, database: actual, jobs }, tables, async (session, table) => {
    mayGoOn();
    return [plain(table), await contentOf(session, table)] as const;
  });
  return new Map(found);
}

/** How many rows each table has. */
export function rowsOf(contents: Contents): ReadonlyMap<string, number> {
  return new Map([...contents].map(([table, { rows }]) => [table, rows]));
}

/** The contents of some tables only. */
export function those(contents: Contents, which: Which): Contents {
  return new Map([...contents].filter(([table]) => which(table)));
}

/** @throws Refusal where a copy's tables hold something else than the original's. */
export async function refuseUnequal(
  one: OneDatabase,
  actual: string,
  before: Contents,
  which: Which,
): Promise<void> {
  refuseOtherContent(actual, those(before, which), await contentsOf(one, actual, which));
}

/** @throws Refusal where tables hold something else than they should. */
export function refuseOtherContent(actual: string, wanted: Contents, found: Contents): void {
  const problems = [...wanted].flatMap(([table, content]) => {
    const there = found.get(table);
    return there?.equals(content) === true ? [] : [otherContent(`${actual}.${table}`, content, there)];
  });
  if (problems.length > 0) throw new Refusal("reading back", problems);
}

/** What is said of a copy's table that does not hold what it should. */
export function otherContent(where: string, wanted: TableContent, found: TableContent | undefined): Problem {
  return {
    where,
    found: found ? `${found.rows} rows with content hash ${found.hash}` : "no such table",
    allowed: `${wanted.rows} rows with content hash ${wanted.hash}, as in the original`,
    mend: "the copy is not what was dumped: look into the server's log before the next attempt",
  };
}
