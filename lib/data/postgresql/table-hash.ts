import type { Client } from "pg";
import { row } from "./server";
import { quoted, type Table } from "./tables";

/** What a table holds: how many rows, and an order-free hash of their content. */
export interface TableContent {
  readonly rows: number;
  /** 32 hex digits; see `contentOf`. */
  readonly hash: string;
}

const bits = 64;
/** No column is called that. */
const whole = '"_slipway_row"';

/**
 * Computed by the server, in one pass: two sums modulo 2^64 over all rows of the server's 64-bit hash of a row's text, with two
 * seeds. Independent of the order of rows; one loss and one duplicate don't cancel out (fault group 34). It finds accidents, not
 * somebody who has built a row to deceive it, and compares within one server only.
 */
export async function contentOf(
  client: Client,
  table: Pick<Table, "schema" | "table">,
): Promise<TableContent> {
  const found = await row<{ rows: string; one: string; two: string }>(
    client,
    // The row's text is made once per row: without OFFSET 0 the planner would write it into both sums.
    `SELECT count(*) AS rows, coalesce(sum(hashtextextended(text, 0)), 0)::text AS one,
            coalesce(sum(hashtextextended(text, 1)), 0)::text AS two
     FROM (SELECT ${whole}::text AS text FROM ONLY ${quoted(table)} ${whole} OFFSET 0) AS texts`,
  );
  const hex = (sum: string): string =>
    BigInt.asUintN(bits, BigInt(sum))
      .toString(16)
      .padStart(bits / 4, "0");
  return { rows: Number(found?.rows ?? 0), hash: hex(found?.one ?? "0") + hex(found?.two ?? "0") };
}
