import type { Client } from "pg";
import { row, rows } from "./server";
import { plain, quoted, type Table, tablesOf } from "./tables";

/** A database at an instant, so that it can be told later which tables were written to since, without reading them again. */
export interface Mark {
  /** The server's identity of the database, whatever it is called. */
  readonly oid: string;
  /** Whoever was committed at that instant has a lower transaction number than this, as the server writes it. */
  readonly horizon: string;
  /** Changes whenever the server's counters may have been lost: then they say nothing. */
  readonly counting: string;
  readonly tables: Readonly<Record<string, TableMark>>;
}

export interface TableMark {
  readonly rows: number;
  /** The file that the rows are in: another after TRUNCATE or a rewrite. */
  readonly file: string;
  readonly columns: readonly string[];
  /** What the server has counted: rows inserted, updated, deleted. */
  readonly counted: readonly [number, number, number];
}

/**
 * Marks what a session sees: give it a snapshot of its own, or a database that nobody writes to.
 * @param counts rows by table, where somebody has counted them in the same snapshot.
 * @param counted what the server had counted before that snapshot; now where nobody writes.
 */
export async function markOf(
  client: Client,
  counts: ReadonlyMap<string, number>,
  counted?: ReadonlyMap<string, Counters>,
): Promise<Mark> {
  const [about, found, counters] = [
    await row<{ oid: string; horizon: string; counting: string }>(
      client,
      `SELECT ${ownOid} AS oid, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, ${countingSince} AS counting`,
    ),
    await tablesOf(client),
    counted ?? (await countersOf(client)),
  ];
  const tables: Record<string, TableMark> = {};
  for (const table of found) {
    const name = plain(table);
    const count = counts.get(name) ?? (await newerRows(client, table, undefined)).rows;
    const { file = "", counted = [0, 0, 0] } = counters.get(name) ?? {};
    tables[name] = { rows: count, file, columns: table.columns, counted };
  }
  return { oid: about?.oid ?? "", horizon: about?.horizon ?? "0", counting: about?.counting ?? "", tables };
}

const ownOid = "(SELECT oid::text FROM pg_database WHERE datname = current_database())";

/** Whether a session is on the database that was marked. */
export async function isOf(client: Client, mark: Mark): Promise<boolean> {
  return (await row<{ oid: string }>(client, `SELECT ${ownOid} AS oid`))?.oid === mark.oid;
}

/** Since when the server counts without a gap: a restart, a crash or a reset of the statistics makes it another text. */
const countingSince = `(pg_postmaster_start_time()::text || ' ' || coalesce((SELECT stats_reset FROM pg_stat_bgwriter)::text, '')
  || ' ' || coalesce((SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())::text, '')
  || ' ' || current_setting('track_counts'))`;

export interface Counters {
  readonly file: string;
  readonly counted: readonly [number, number, number];
}

/** What the server has counted of each table's writes. */
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

/** Writes to a table since a mark. */
export interface Written {
  readonly table: Table;
  readonly rows: number;
  /** Rows that were inserted or updated since, as far as they are still there. */
  readonly newer: number;
  /** Rows inserted, updated and deleted, where the server counted them without a gap. */
  readonly counted?: readonly [number, number, number];
}

/** What happened to a database since a mark. */
export interface Since {
  readonly written: readonly Written[];
  /** Tables that came, went, or have other columns. */
  readonly reshaped: readonly string[];
}

/**
 * Looks at every table for rows that are newer than the mark, and counts: a deleted row is missing, any other write leaves a newer one.
 * @param trustCounters tables whose counters stand still are not looked at: exact, unless the server lost its statistics, which is
 *   noticed; sessions that still hold back what they counted must have ended.
 */
export async function since(client: Client, mark: Mark, trustCounters: boolean): Promise<Since> {
  const tables = await tablesOf(client);
  const counters = await countersOf(client);
  const counting = await row<{ counting: string }>(client, `SELECT ${countingSince} AS counting`);
  const whole = counting?.counting === mark.counting;
  const written: Written[] = [];
  const reshaped = Object.keys(mark.tables).filter((name) => !tables.some((table) => plain(table) === name));
  for (const table of tables) {
    const name = plain(table);
    const then = mark.tables[name];
    if (then === undefined || then.columns.join("\n") !== table.columns.join("\n")) {
      reshaped.push(name);
      continue;
    }
    const now = counters.get(name);
    const counted = whole && now ? difference(now.counted, then.counted) : undefined;
    const still = counted?.every((count) => count === 0) === true && now?.file === then.file;
    if (trustCounters && still) continue;
    const { rows: count, newer } = await newerRows(client, table, mark.horizon);
    if (count === then.rows && newer === 0) continue;
    written.push({ table, rows: count, newer, ...(counted ? { counted } : {}) });
  }
  return { written, reshaped };
}

function difference(
  now: readonly [number, number, number],
  then: readonly [number, number, number],
): readonly [number, number, number] {
  return [now[0] - then[0], now[1] - then[1], now[2] - then[2]];
}

async function newerRows(
  client: Client,
  table: Table,
  horizon: string | undefined,
): Promise<{ readonly rows: number; readonly newer: number }> {
  const newer = horizon === undefined ? "0" : `count(*) FILTER (WHERE ${isNewer(horizon)})`;
  const found = await row<{ rows: string; newer: string }>(
    client,
    `SELECT count(*) AS rows, ${newer} AS newer FROM ONLY ${quoted(table)}`,
  );
  return { rows: Number(found?.rows ?? 0), newer: Number(found?.newer ?? 0) };
}

/**
 * Whether a row was written by a transaction that had not ended at the horizon; now and then one that just had, never the other
 * way round. Transaction numbers wrap around, ages don't.
 */
export function isNewer(horizon: string): string {
  return `age(xmin) <= (SELECT age('${BigInt.asUintN(32, BigInt(horizon))}'::xid))`;
}
