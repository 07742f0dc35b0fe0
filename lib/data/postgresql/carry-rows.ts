import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Refusal } from "../../problem";
import { allEnded } from "../all-ended";
import type { Programs, Running } from "./program";
import { literal, name } from "./quoting";
import type { PostgresServer } from "./server";
import { content, summed, TableContent } from "./table-hash";
import { plain, quoted, type Table } from "./tables";

/** From where to where changed rows are carried. */
export interface Carry {
  readonly server: PostgresServer;
  readonly programs: Programs;
  readonly from: string;
  /** What `from` holds at one instant, which other sessions can see too. */
  readonly snapshot: string;
  readonly to: string;
  readonly horizon: string;
  /** Where the rows lie on their way, and stay: they belong to the dump. */
  readonly folder: string;
}

/** What one transaction took from a table and put into it. */
export interface Moved {
  readonly gone: TableContent;
  readonly come: TableContent;
}

/** One line of what the statements below answer. */
type Told = Partial<Record<"gone" | "come", string>> & {
  readonly wrote?: Readonly<Record<string, readonly [number, number, number]>> | null;
};

const nothing = "0 0 0";

/** A statement that takes rows `r` from a table, and tells of them. */
export function gone(table: Table, statement: string): string {
  return answering("gone", table, statement);
}

/** A statement that puts rows `r` into a table, and tells of them. */
export function come(table: Table, statement: string): string {
  return answering("come", table, statement);
}

function answering(what: "gone" | "come", table: Table, statement: string): string {
  return `WITH moved AS (${statement} RETURNING ${content(table)} AS content)
    SELECT json_build_object('${what}', ${summed("content")}) FROM moved`;
}

/** What the transaction has written to any table of the copy, the server's own and ours left out. */
const wrote = `SELECT json_build_object('wrote', json_object_agg(schemaname || '.' || relname, json_build_array(n_tup_ins, n_tup_upd, n_tup_del)))
  FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relid <> 'pg_temp.carried'::regclass`;

/**
 * Some columns of some rows: into a file, from there into a temporary table of the copy, and then what shall be done with them.
 * @throws Refusal where anything else was written.
 */
export async function carryRows(
  way: Carry,
  table: Table,
  what: "keys" | "rows",
  names: readonly string[],
  which: string,
  then: readonly string[],
): Promise<Moved> {
  const place = quoted(table);
  const columns = names.map(name).join(", ");
  const file = join(way.folder, `${fileName(table)}.${what}`);
  await unload(way, `COPY (SELECT ${columns} FROM ONLY ${place}${which}) TO STDOUT`, file);
  const told = await loadRows(way, file, [
    `CREATE TEMP TABLE carried ON COMMIT DROP AS SELECT ${columns} FROM ONLY ${place} WITH NO DATA`,
    `COPY carried (${columns}) FROM STDIN`,
    "ANALYZE carried",
    ...then,
    wrote,
  ]);
  const moved = {
    gone: TableContent.parse(told.gone ?? nothing),
    come: TableContent.parse(told.come ?? nothing),
  };
  refuseOthers(way, table, moved, told.wrote ?? {});
  return moved;
}

/** A trigger that fires always may write what it likes, here and elsewhere. @throws Refusal where one did. */
function refuseOthers({ to }: Carry, table: Table, moved: Moved, found: NonNullable<Told["wrote"]>): void {
  const own = [moved.come.rows, 0, moved.gone.rows];
  const others = Object.entries(found).filter(
    ([where, counts]) => where !== plain(table) || counts.join() !== own.join(),
  );
  if (others.length === 0) return;
  throw new Refusal(
    "reading back",
    others.map(([where, [inserted, updated, deleted]]) => ({
      where: `${to}.${where}`,
      found: `${inserted} rows inserted, ${updated} updated, ${deleted} deleted while users' rows were carried into ${plain(table)}`,
      allowed: `what users wrote, and nothing else: ${own.join(", ")} rows of ${plain(table)}`,
      mend: "ALTER TABLE … ENABLE TRIGGER for triggers that are enabled ALWAYS, or keep users from writing there meanwhile",
    })),
  );
}

/** One table, one file; whatever its name is, and however long. */
function fileName(table: Table): string {
  return `${encodeURIComponent(plain(table)).slice(0, 180)}-${table.oid}`;
}

async function unload(way: Carry, statement: string, file: string): Promise<void> {
  const sees = [
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    `SET TRANSACTION SNAPSHOT ${literal(way.snapshot)}`,
    statement,
  ];
  const { stdin, stdout, ended } = psql(way, way.from, sees);
  stdin.end();
  await allEnded(ended, pipeline(stdout, createWriteStream(file, { mode: 0o600 })));
}

/** All in one transaction; the one COPY among them reads the file. @returns what they answered. */
async function loadRows(way: Carry, file: string, statements: readonly string[]): Promise<Told> {
  const before = "SET LOCAL session_replication_role = replica";
  const { stdin, stdout, ended } = psql(way, way.to, [before, ...statements], ["-1", "-A", "-t"]);
  const said: Buffer[] = [];
  stdout.on("data", (bytes: Buffer) => said.push(bytes));
  // A psql that ended says why itself.
  await allEnded(
    ended,
    pipeline(createReadStream(file), stdin).catch(() => undefined),
  );
  const lines = Buffer.concat(said).toString("utf8").split("\n").filter(Boolean);
  return Object.assign({}, ...lines.map((line) => JSON.parse(line) as Told)) as Told;
}

function psql(
  { programs }: Carry,
  database: string,
  statements: readonly string[],
  options: readonly string[] = [],
): Running {
  const commands = statements.flatMap((statement) => ["-c", statement]);
  return programs.start(
    "psql",
    ["-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", ...options, ...commands],
    database,
  );
}
