import type { Client } from "pg";
import { row, rows } from "./server";

/** What the server has counted of a table's writes. */
export interface Counters {
  readonly file: string;
  readonly counted: readonly [number, number, number];
}

/** Of every table, by `schema.table`. */
export async function countersOf(client: Client): Promise<ReadonlyMap<string, Counters>> {
  const found = await rows<{ table: string; file: string; ins: string; upd: string; del: string }>(
    client,
    `SELECT s.schemaname || '.' || s.relname AS "table", c.relfilenode::text AS file,
            n_tup_ins AS ins, n_tup_upd AS upd, n_tup_del AS del
     FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid`,
  );
  return new Map(
    found.map(({ table, file, ins, upd, del }) => [
      table,
      { file, counted: [Number(ins), Number(upd), Number(del)] },
    ]),
  );
}

/**
 * Since when the server counts without a gap: a restart, a crash or a reset of the statistics makes it another text, and then they say
 * nothing.
 * @returns nothing where it does not count at all.
 */
export async function countingSince(client: Client): Promise<string | undefined> {
  const found = await row<{ since: string }>(
    client,
    `SELECT pg_postmaster_start_time()::text || ' ' || coalesce((SELECT stats_reset FROM pg_stat_bgwriter)::text, '')
       || ' ' || coalesce((SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())::text, '')
         AS since
     WHERE current_setting('track_counts')::bool`,
  );
  return found?.since;
}
