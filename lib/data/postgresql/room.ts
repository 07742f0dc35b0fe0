import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Client } from "pg";
import { freeRoom } from "../dump/free-room";
import type { DumpStorage } from "../dump/storage";
import { type Problem, Refusal } from "../../problem";
import { compressionLevel } from "./copy";
import { withoutLocks } from "./locks";
import { name } from "./quoting";
import { type PostgresServer, row, rows } from "./server";
import { quoted, type Table, tablesOf } from "./tables";

/** Copies of a database that stand beside it until the swap: the loaded dump, and the next version. */
const copies = 2;
/** Rows of each table that tell how much it can be compressed, and the bytes after which fewer do. */
const [sampledRows, sampledBytes] = [500, 4e6];
/** Bytes that the server keeps beside each row. */
const rowOverhead = 28;
/** Tables that are sampled, the largest first; the others are taken to be as their share is. */
const sampledTables = 20;

/**
 * Whether what a release writes finds room: the dump where dumps stay, and two copies of each database where the server keeps its data.
 * PostgreSQL tells nobody how much room it has, so that is known only where its data lie on this machine.
 * @param says told of what could not be known.
 * @throws Refusal with everything that does not fit.
 */
export async function refuseWithoutRoom(
  server: PostgresServer,
  databases: readonly string[],
  storage: DumpStorage,
  says: (text: string) => void,
): Promise<void> {
  if (databases.length === 0) return;
  let [dumps, data] = [0, 0];
  for (const database of databases)
    await server.with(database, async (client) => {
      dumps += await withoutLocks(server, database, () => dumpSize(client));
      const size = await row<{ bytes: number }>(
        client,
        "SELECT pg_database_size(current_database())::float8 AS bytes",
      );
      data += copies * (size?.bytes ?? 0);
    });
  const problems: Problem[] = [];
  const there = await storage.room?.();
  if (there !== undefined && there < dumps)
    problems.push({
      where: storage.where(),
      found: `room for ${megabytes(there)}`,
      allowed: `room for a dump of about ${megabytes(dumps)}, by a sample of each table`,
      mend: "make room there, or set slipway:data.dump.keep to another folder",
    });
  const folder = await localData(server);
  const free = folder === undefined ? undefined : await freeRoom(folder);
  if (free === undefined)
    says(
      `${copies} copies beside the originals take up to ${megabytes(data)} on the server; whether it has that room only its administrator can see`,
    );
  else if (free < data)
    problems.push({
      where: `the server's data folder ${folder ?? ""}`,
      found: `room for ${megabytes(free)}`,
      allowed: `room for ${copies} copies of ${databases.join(", ")}: ${megabytes(data)}`,
      mend: "make room there: slipway data clean drops what no way back needs; VACUUM FULL shrinks what is bloated",
    });
  if (problems.length > 0) throw new Refusal("room", problems);
}

/** About how many bytes a compressed dump of a database has: the first rows of its tables say what becomes of a stored byte. */
async function dumpSize(client: Client): Promise<number> {
  const tables = await tablesOf(client);
  let [dumped, measured] = [0, 0];
  for (const table of tables.slice(0, sampledTables)) {
    const found = await rows<{ text: string; stored: number }>(client, sampleOf(table));
    const stored = found.reduce((sum, one) => sum + one.stored + rowOverhead, 0);
    if (stored === 0) continue;
    const text = found.map((one) => one.text).join("\n");
    dumped += (table.bytes * gzipSync(text, { level: compressionLevel }).length) / stored;
    measured += table.bytes;
  }
  const all = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  return measured === 0 ? 0 : dumped * (all / measured);
}

/** So many first rows, and no more of them than make up so many bytes: it costs the same whatever the table's size. */
function sampleOf(table: Table): string {
  const sizes = ["0", ...table.columns.map((column) => `coalesce(pg_column_size(r.${name(column)}), 0)`)];
  const stored = `(${sizes.join(" + ")})::float8`;
  // Large values are fetched of the rows that count only.
  return `SELECT r::text AS text, ${stored} AS stored FROM ONLY ${quoted(table)} AS r WHERE ctid = ANY (ARRAY(
      SELECT place FROM (SELECT place, sum(stored) OVER (ORDER BY at) - stored AS before
        FROM (SELECT r.ctid AS place, ${stored} AS stored, row_number() OVER () AS at FROM ONLY ${quoted(table)} AS r LIMIT ${sampledRows}) AS first
      ) AS few WHERE before < ${sampledBytes}))`;
}

/** Where the server keeps its data, when that is this machine: a forwarded port looks like it, but another server wrote the file there. */
async function localData(server: PostgresServer): Promise<string | undefined> {
  const told = await server
    .with(server.database, (client) =>
      row<{ folder: string | null; started: number }>(
        client,
        `SELECT current_setting('data_directory', true) AS folder, extract(epoch FROM pg_postmaster_start_time())::float8 AS started`,
      ),
    )
    .catch(() => undefined);
  if (told?.folder == null) return undefined;
  const lines = await readFile(join(told.folder, "postmaster.pid"), "utf8").then(
    (text) => text.split("\n"),
    () => [],
  );
  return Math.abs(Number(lines[2]) - told.started) <= 1 ? told.folder : undefined;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
