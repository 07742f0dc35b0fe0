import type { Client } from "pg";
import { rows } from "./server";
import { quoted, type Table, tablesOf } from "./tables";

/** A table, and about how many rows it holds. */
export interface EstimatedTable {
  readonly table: Table;
  readonly rows: number;
}

/**
 * What the server's planner expects of each table, without reading it: from `pg_class.reltuples` and the size that the file has now, or
 * from that alone where the table was never analysed.
 */
export async function estimatedTables(client: Client): Promise<readonly EstimatedTable[]> {
  const found: EstimatedTable[] = [];
  for (const table of await tablesOf(client)) {
    const question = `EXPLAIN (FORMAT JSON) SELECT FROM ONLY ${quoted(table)}`;
    const [plan] = await rows<{
      "QUERY PLAN": readonly [{ readonly Plan: { readonly "Plan Rows": number } }];
    }>(client, question);
    found.push({ table, rows: table.bytes === 0 ? 0 : (plan?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0) });
  }
  return found;
}
