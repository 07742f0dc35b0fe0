import type { Client } from "pg";
import { type Counters, countersOf, countingSince } from "./counters";
import { row } from "./server";
import { type Sessions, sideBySide } from "./side-by-side";
import { inSnapshot, type Snapshot } from "./snapshot";
import { content, summed, TableContent } from "./table-hash";
import { plain, quoted, type Table, tablesOf } from "./tables";

/** A database at an instant, so that it can be told later which tables were written to since, without reading them again. */
export interface Mark {
  /** The server's identity of the database, whatever it is called. */
  readonly oid: string;
  /** Whoever was committed at that instant has a lower transaction number than this, as the server writes it. */
  readonly horizon: string;
  /** Another whenever the server's counters may have been lost: then they say nothing. Empty where it does not count. */
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
    await row<{ oid: string; horizon: string }>(
      client,
      `SELECT ${ownOid} AS oid, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon`,
    ),
    await tablesOf(client),
    counted ?? (await countersOf(client)),
  ];
  const tables: Record<string, TableMark> = {};
  for (const table of found) {
    const name = plain(table);
    const count = counts.get(name) ?? (await countOf(client, table));
    const { file = "", counted = [0, 0, 0] } = counters.get(name) ?? {};
    tables[name] = { rows: count, file, columns: table.columns, counted };
  }
  const counting = (await countingSince(client)) ?? "";
  return { oid: about?.oid ?? "", horizon: about?.horizon ?? "0", counting, tables };
}

const ownOid = "(SELECT oid::text FROM pg_database WHERE datname = current_database())";

/** Whether a session is on the database that was marked. */
export async function isOf(client: Client, mark: Mark): Promise<boolean> {
  return (await row<{ oid: string }>(client, `SELECT ${ownOid} AS oid`))?.oid === mark.oid;
}

/** Writes to a table since a mark. */
export interface Written {
  readonly table: Table;
  readonly rows: number;
  /** Rows that were inserted or updated since, as far as they are still there. */
  readonly newer: TableContent;
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
 * @param seen what is looked at: the whole of it at one instant.
 * @param trustCounters tables whose counters stand still are not looked at: exact, unless the server lost its statistics, which is
 *   noticed; sessions that still hold back what they counted must have ended.
 */
export async function since(
  sessions: Omit<Sessions, "snapshot">,
  { client, id }: Pick<Snapshot, "client" | "id">,
  mark: Mark,
  trustCounters: boolean,
): Promise<Since> {
  const tables = await tablesOf(client);
  const counters = await countersOf(client);
  const whole = (await countingSince(client)) === mark.counting;
  const reshaped = Object.keys(mark.tables).filter((name) => !tables.some((table) => plain(table) === name));
  const looked: { table: Table; then: TableMark; counted?: Counters["counted"] }[] = [];
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
    if (!(trustCounters && still)) looked.push({ table, then, ...(counted ? { counted } : {}) });
  }
  const found = await sideBySide(
    { ...sessions, snapshot: id },
    looked,
    async (session, { table, then, counted }) => {
      const { rows, newer } = await newerRows(session, table, mark.horizon);
      const isSame = rows === then.rows && newer.rows === 0;
      return isSame ? [] : [{ table, rows, newer, ...(counted ? { counted } : {}) }];
    },
  );
  return { written: found.flat(), reshaped };
}

/** Whether anything was written to a copy since it was marked, when nobody had any business with it. */
export async function isUntouched(sessions: Omit<Sessions, "snapshot">, mark: Mark): Promise<boolean> {
  const { written, reshaped } = await inSnapshot(sessions.server, sessions.database, (now) =>
    since(sessions, now, mark, true),
  );
  return written.length + reshaped.length === 0;
}

function difference(now: Counters["counted"], then: Counters["counted"]): Counters["counted"] {
  return [now[0] - then[0], now[1] - then[1], now[2] - then[2]];
}

async function countOf(client: Client, table: Table): Promise<number> {
  const found = await row<{ rows: string }>(client, `SELECT count(*) AS rows FROM ONLY ${quoted(table)}`);
  return Number(found?.rows ?? 0);
}

async function newerRows(
  client: Client,
  table: Table,
  horizon: string,
): Promise<{ readonly rows: number; readonly newer: TableContent }> {
  const found = await row<{ rows: string; newer: string }>(
    client,
    `SELECT count(*) AS rows, ${summed("content")} AS newer FROM (
       SELECT CASE WHEN ${isNewer(horizon)} THEN ${content(table)} END AS content FROM ONLY ${quoted(table)} AS r OFFSET 0) AS read`,
  );
  return { rows: Number(found?.rows ?? 0), newer: TableContent.parse(found?.newer ?? "0 0 0") };
}

/**
 * Whether a row was written by a transaction that had not ended at the horizon; now and then one that just had, never the other
 * way round. Transaction numbers wrap around, ages don't.
 */
export function isNewer(horizon: string): string {
  return `age(xmin) <= (SELECT age('${BigInt.asUintN(32, BigInt(horizon))}'::xid))`;
}
