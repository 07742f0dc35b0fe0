import { Refusal } from "../../problem";
import { type Carry, carryRows, come, gone, type Moved } from "./carry-rows";
import { otherContent } from "./contents";
import { isNewer, type Written } from "./mark";
import { name } from "./quoting";
import { sideBySide } from "./side-by-side";
import { contentOf, type TableContent } from "./table-hash";
import { plain, quoted, type Table } from "./tables";

/**
 * Makes a table of a copy equal to the original: rows whose key is gone go, rows that are newer than the horizon take the place of
 * those with their key. A table without a primary key is carried whole, unless rows were only added to it. No trigger fires and no
 * reference is checked: what is carried was checked where it comes from.
 * @param was what the copy held.
 * @returns what both hold now: summed from what went and what came, which is compared with the original's newer rows.
 * @throws Refusal where something else came, or anything else was written.
 */
export async function carry(
  way: Carry,
  { table, rows, newer, counted }: Written,
  was: TableContent,
): Promise<TableContent> {
  const place = quoted(table);
  const isKeyed = table.key.length > 0;
  const same = table.key.map((column) => `r.${name(column)} = carried.${name(column)}`).join(" AND ");
  // No row of the copy is gone from the original.
  const isWhole = rows - newer.rows === was.rows;
  const dropGone = (): Promise<Moved> =>
    carryRows(way, table, "keys", table.key, "", [
      gone(table, `DELETE FROM ONLY ${place} AS r WHERE NOT EXISTS (SELECT FROM carried WHERE ${same})`),
    ]);
  let now = was;
  // Those that are gone go first: others may have their unique values.
  if (isKeyed && !isWhole && counted?.[2] !== 0) now = now.minus((await dropGone()).gone);
  const columns = table.columns.map(name).join(", ");
  const insert = come(
    table,
    `INSERT INTO ${place} AS r (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM carried`,
  );
  const which = isKeyed || isWhole ? ` WHERE ${isNewer(way.horizon)}` : "";
  const takes = isKeyed
    ? [gone(table, `DELETE FROM ONLY ${place} AS r USING carried WHERE ${same}`)]
    : isWhole
      ? []
      : [gone(table, `DELETE FROM ONLY ${place} AS r`)];
  const moved = await carryRows(way, table, "rows", table.columns, which, [...takes, insert]);
  const wanted = which === "" ? await wholeOf(way, table) : newer;
  if (!moved.come.equals(wanted)) throw refused(way, table, wanted, moved.come);
  now = now.minus(moved.gone).plus(moved.come);
  // A session that nobody may end can hold back what it has counted.
  if (isKeyed && now.rows !== rows) now = now.minus((await dropGone()).gone);
  if (now.rows !== rows) throw refused(way, table, wanted, now);
  return now;
}

/** What the original holds. */
async function wholeOf({ server, from, snapshot }: Carry, table: Table): Promise<TableContent> {
  const [found] = await sideBySide({ server, database: from, jobs: 1, snapshot }, [table], contentOf);
  if (!found) throw new Error(`${plain(table)} was not read`);
  return found;
}

function refused({ to }: Carry, table: Table, wanted: TableContent, found: TableContent): Refusal {
  return new Refusal("reading back", [otherContent(`${to}.${plain(table)}`, wanted, found)]);
}
