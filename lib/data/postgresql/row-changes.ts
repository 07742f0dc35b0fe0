import type { Client } from "pg";
import { name } from "./quoting";
import { rows } from "./server";
import { quoted, type Table } from "./tables";

/** A row as one version holds it. */
export interface Row {
  /** Equal for the same row of two versions, and sorted by. */
  readonly key: string;
  /** Its primary key's columns, or all of them where there is none, as JSON. */
  readonly id: string;
  /** All its columns as JSON. */
  readonly values: string;
}

/** A row that is not the same in two versions; absent where a version does not have it. */
export interface RowPair {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** Rows fetched at a time. */
const atOnce = 1_000;

/**
 * The rows in which two versions of a table differ, in one walk through both: paired by primary key, or by the columns that both
 * have where there is none.
 */
export async function* rowChanges(
  before: { readonly client: Client; readonly table: Table },
  after: { readonly client: Client; readonly table: Table },
): AsyncGenerator<RowPair> {
  const columns = pairedBy(before.table, after.table);
  const [left, right] = [
    read(before.client, before.table, columns),
    read(after.client, after.table, columns),
  ];
  let [old, next] = [await take(left), await take(right)];
  while (old !== undefined || next !== undefined) {
    const [goes, comes] = [old, next];
    if (goes !== undefined && comes !== undefined && goes.key === comes.key) {
      if (goes.values !== comes.values) yield { before: goes, after: comes };
      [old, next] = [await take(left), await take(right)];
    } else if (comes === undefined || (goes !== undefined && goes.key < comes.key)) {
      yield { before: goes, after: undefined };
      old = await take(left);
    } else {
      yield { before: undefined, after: comes };
      next = await take(right);
    }
  }
}

/** The primary key where both versions have the same, else every column that both have. */
function pairedBy(before: Table, after: Table): readonly string[] {
  const { key } = before;
  const isSame = key.length > 0 && key.join("\n") === after.key.join("\n");
  return isSame ? key : before.columns.filter((column) => after.columns.includes(column));
}

async function take(from: AsyncGenerator<Row>): Promise<Row | undefined> {
  const found = await from.next();
  return found.done === true ? undefined : found.value;
}

async function* read(client: Client, table: Table, columns: readonly string[]): AsyncGenerator<Row> {
  const of = (names: readonly string[]): string => names.map((column) => `r.${name(column)}`).join(", ");
  const shown = table.key.length > 0 ? table.key : columns;
  await client.query(
    // The hash is hexadecimal and sorted byte by byte: then "<" is the same here as there.
    `DECLARE slipway_rows NO SCROLL CURSOR FOR
     SELECT md5(ROW(${of(columns)})::text) COLLATE "C" AS key, to_jsonb(r)::text COLLATE "C" AS values,
            (SELECT to_jsonb(shown)::text FROM (SELECT ${of(shown)}) AS shown) AS id
     FROM ONLY ${quoted(table)} AS r ORDER BY 1, 2`,
  );
  for (;;) {
    const found = await rows<Row>(client, `FETCH ${atOnce} FROM slipway_rows`);
    if (found.length === 0) break;
    yield* found;
  }
  await client.query("CLOSE slipway_rows");
}
