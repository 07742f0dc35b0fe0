import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { allEnded } from "../all-ended";
import { isNewer, type Written } from "./mark";
import type { Programs, Running } from "./program";
import { name } from "./quoting";
import { type PostgresServer, row } from "./server";
import { plain, quoted, type Table } from "./tables";

/** From where to where changed rows are carried. */
export interface Carry {
  readonly server: PostgresServer;
  readonly programs: Programs;
  readonly from: string;
  readonly to: string;
  readonly horizon: string;
  /** Where the rows lie on their way, and stay: they belong to the dump. */
  readonly folder: string;
}

/**
 * Makes a table of a copy equal to the original: rows whose key is gone go, rows that are newer than the horizon take the place of
 * those with their key. A table without a primary key is carried whole. No trigger fires and no reference is checked: what is
 * carried was checked where it comes from.
 * @param rowsInCopy how many rows the copy has.
 */
export async function carry(
  way: Carry,
  { table, rows, newer, counted }: Written,
  rowsInCopy: number,
): Promise<void> {
  const place = quoted(table);
  const isKeyed = table.key.length > 0;
  const same = table.key.map((column) => `there.${name(column)} = carried.${name(column)}`).join(" AND ");
  // Where no row of the copy is gone from the original. Those that are go first: others may have their unique values.
  const noneGone = rows - newer === rowsInCopy || counted?.[2] === 0;
  const dropGone = (): Promise<void> =>
    carryRows(way, table, "keys", table.key, "", [
      `DELETE FROM ONLY ${place} AS there WHERE NOT EXISTS (SELECT FROM carried WHERE ${same})`,
    ]);
  if (isKeyed && !noneGone) await dropGone();
  const columns = table.columns.map(name).join(", ");
  await carryRows(way, table, "rows", table.columns, isKeyed ? ` WHERE ${isNewer(way.horizon)}` : "", [
    isKeyed ? `DELETE FROM ONLY ${place} AS there USING carried WHERE ${same}` : `DELETE FROM ONLY ${place}`,
    `INSERT INTO ${place} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM carried`,
  ]);
  // A session that nobody may end can hold back what it has counted.
  if (isKeyed && noneGone && (await countOf(way, table)) !== rows) await dropGone();
}

async function countOf({ server, to }: Carry, table: Table): Promise<number> {
  const count = `SELECT count(*)::float8 AS rows FROM ONLY ${quoted(table)}`;
  return (await server.with(to, (client) => row<{ rows: number }>(client, count)))?.rows ?? 0;
}

/** Some columns of some rows: into a file, from there into a temporary table of the copy, and then what shall be done with them. */
async function carryRows(
  way: Carry,
  table: Table,
  what: "keys" | "rows",
  names: readonly string[],
  which: string,
  then: readonly string[],
): Promise<void> {
  const place = quoted(table);
  const columns = names.map(name).join(", ");
  const file = join(way.folder, `${fileName(table)}.${what}`);
  await unload(way, `COPY (SELECT ${columns} FROM ONLY ${place}${which}) TO STDOUT`, file);
  await loadRows(way, file, [
    `CREATE TEMP TABLE carried ON COMMIT DROP AS SELECT ${columns} FROM ONLY ${place} WITH NO DATA`,
    `COPY carried (${columns}) FROM STDIN`,
    "ANALYZE carried",
    ...then,
  ]);
}

/** One table, one file; whatever its name is. */
function fileName(table: Table): string {
  return encodeURIComponent(plain(table)).slice(0, 200);
}

async function unload(way: Carry, statement: string, file: string): Promise<void> {
  const { stdin, stdout, ended } = psql(way, way.from, ["-c", statement]);
  stdin.end();
  await allEnded(ended, pipeline(stdout, createWriteStream(file, { mode: 0o600 })));
}

/** All in one transaction; the one COPY among them reads the file. */
async function loadRows(way: Carry, file: string, statements: readonly string[]): Promise<void> {
  const before = "SET LOCAL session_replication_role = replica";
  const commands = [before, ...statements].flatMap((statement) => ["-c", statement]);
  const { stdin, stdout, ended } = psql(way, way.to, ["-1", ...commands]);
  stdout.resume();
  // A psql that ended says why itself.
  await allEnded(
    ended,
    pipeline(createReadStream(file), stdin).catch(() => undefined),
  );
}

function psql({ programs }: Carry, database: string, args: readonly string[]): Running {
  return programs.start("psql", ["-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", ...args], database);
}
