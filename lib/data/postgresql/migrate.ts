import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Client, DatabaseError } from "pg";
import { Refusal } from "../../problem";
import type { DatabaseSql, Migration } from "../migrations/migration";
import type { Secrets } from "../secrets";
import { whileAllowed } from "../while-allowed";
import { Child } from "./child";
import { name } from "./quoting";
import { notWaiting, type PostgresServer, row, rows } from "./server";

/** The copy that a migration works on. */
export interface Copy {
  readonly server: PostgresServer;
  readonly secrets: Secrets;
  /** As the release names it. Example: `atmo_prod`. */
  readonly database: string;
  /** Where the copy stands. Example: `atmo_prod__new_7`. */
  readonly actual: string;
  /** Whether the release owns no other: then a step need not name it. */
  readonly only: boolean;
}

/** What a chain of steps did to a copy. */
export interface Migrated {
  /** Tables that a step read, wrote or altered, by `schema.table`; undefined where nobody can tell. */
  readonly touched: ReadonlySet<string> | undefined;
  /** Rows inserted, updated and deleted by table, as far as they were counted. */
  readonly counted: ReadonlyMap<string, readonly [number, number, number]>;
  readonly violations: readonly Violation[];
}

/** A row that a check found (rule N13). */
export interface Violation {
  /** The check's file. Example: `no-orphans.sql`. */
  readonly check: string;
  readonly row: string;
}

/** Runs the steps on a copy in order, each with its checks. @throws Refusal that names file and line where a step fails. */
export async function migrate(
  copy: Copy,
  chain: readonly Migration[],
  mayGoOn: () => void,
): Promise<Migrated> {
  const touched = new Set<string>();
  const counted = new Map<string, readonly [number, number, number]>();
  const violations: Violation[] = [];
  let known = true;
  for (const { step, folder, id } of chain) {
    if (step.kind === "empty") continue;
    if (step.kind !== "sql" && step.kind !== "command") throw wrongKind(id, step.kind);
    mayGoOn();
    const own = step.databases.find(({ database }) => isFor(copy, database));
    if (step.kind === "sql") await runFiles(copy, own, step.role, { touched, counted }, mayGoOn);
    else if (isFor(copy, step.database)) {
      await runCommand(copy, folder, step.run, mayGoOn);
      known = false;
    }
    violations.push(...(await check(copy, { step })));
  }
  return { touched: known ? touched : undefined, counted, violations };
}

function isFor({ database, only }: Copy, named: string | undefined): boolean {
  return named === undefined ? only : named === database;
}

async function runFiles(
  { server, database, actual }: Copy,
  files: DatabaseSql | undefined,
  role: string | undefined,
  found: { touched: Set<string>; counted: Map<string, readonly [number, number, number]> },
  mayGoOn: () => void,
): Promise<void> {
  if (!files) return;
  await server.with(actual, async (client) => {
    const owner = await ownerOf(client);
    const session = await row<{ pid: number }>(client, "SELECT pg_backend_pid() AS pid");
    const path = await searchPath(client, database);
    for (const file of files.statements) {
      const text = await readFile(file, "utf8");
      await client.query(
        `BEGIN; SET LOCAL ROLE ${name(role ?? owner)}; SET LOCAL search_path TO ${path}; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL ${notWaiting}`,
      );
      try {
        await whileAllowed(mayGoOn, client.query(text), () => server.cancel(session?.pid ?? 0));
        await client.query("SET LOCAL search_path = pg_catalog");
        await noteTouched(client, found);
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK").catch(() => undefined);
        throw failed(file, text, error);
      }
    }
  });
}

async function ownerOf(client: Client): Promise<string> {
  const found = await row<{ owner: string }>(
    client,
    "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()",
  );
  return found?.owner ?? "";
}

/** Where the system's own sessions look for names: the copy gets the original's settings only at the end. */
async function searchPath(client: Client, database: string): Promise<string> {
  const found = await row<{ path: string }>(
    client,
    `SELECT substr(setting, length('search_path=') + 1) AS path
     FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) setting
     WHERE d.datname = $1 AND setrole = 0 AND setting LIKE 'search_path=%'`,
    [database],
  );
  return found?.path ?? '"$user", public';
}

/** Before its end a transaction holds a lock on every table that it read or wrote, however deep in a trigger that was. */
async function noteTouched(
  client: Client,
  { touched, counted }: { touched: Set<string>; counted: Map<string, readonly [number, number, number]> },
): Promise<void> {
  const locked = await rows<{ table: string; ins: string; upd: string; del: string }>(
    client,
    `SELECT DISTINCT n.nspname || '.' || c.relname AS "table", coalesce(s.n_tup_ins, 0) AS ins,
            coalesce(s.n_tup_upd, 0) AS upd, coalesce(s.n_tup_del, 0) AS del
     FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_stat_xact_user_tables s ON s.relid = c.oid
     WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p')
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  for (const { table, ins, upd, del } of locked) {
    touched.add(table);
    const before = counted.get(table) ?? [0, 0, 0];
    counted.set(table, [before[0] + Number(ins), before[1] + Number(upd), before[2] + Number(del)]);
  }
}

async function runCommand(
  { server, secrets, actual }: Copy,
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  mayGoOn: () => void,
): Promise<void> {
  const owner = await server.with(actual, ownerOf);
  // What it makes is the owner's, as what SQL steps make is; blanks in a value are escaped there.
  const settings = [
    "default_transaction_read_only=off",
    notWaiting,
    `role=${owner.replace(/[\\\s]/g, "\\$&")}`,
  ];
  const env = {
    ...server.environment(actual),
    PGOPTIONS: settings.map((setting) => `-c ${setting}`).join(" "),
    DATABASE_URL: server.uri(actual),
  };
  const child = new Child({ program, args, env, folder }, "ignore", "last");
  const { failed, says } = await child.end(secrets, mayGoOn);
  if (!failed) return;
  throw new Refusal("migration", [
    {
      where: [program, ...args].join(" "),
      found: says,
      allowed: "a command that ends with 0",
      mend: `the step in ${folder}; the data is as it was`,
    },
  ]);
}

/** How many violations one check may list. */
const listed = 1_000;

/** Runs a step's checks; reads only. @throws Refusal where one can't be run. */
export async function check(
  copy: Copy,
  done: Pick<Migration, "step"> | undefined,
): Promise<readonly Violation[]> {
  const { server, actual } = copy;
  const violations: Violation[] = [];
  if (done?.step.kind !== "sql" && done?.step.kind !== "command") return violations;
  const own = done.step.databases.find(({ database }) => isFor(copy, database));
  if (!own || own.checks.length === 0) return violations;
  await server.with(actual, async (client) => {
    const path = await searchPath(client, copy.database);
    for (const file of own.checks) {
      const text = (await readFile(file, "utf8")).trim().replace(/;$/, "");
      await client.query(`BEGIN READ ONLY; SET LOCAL search_path TO ${path}`);
      try {
        const found = await rows<{ row: string }>(
          client,
          `SELECT to_jsonb(violation)::text AS row FROM (${text}\n) AS violation LIMIT ${listed}`,
        );
        violations.push(...found.map(({ row: values }) => ({ check: basename(file), row: values })));
      } catch (error) {
        throw failed(file, text, error);
      } finally {
        await client.query("ROLLBACK").catch(() => undefined);
      }
    }
  });
  return violations;
}

function failed(file: string, text: string, error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const at = error.position === undefined ? undefined : Number(error.position);
  const line = at === undefined ? "" : `, line ${text.slice(0, at).split("\n").length}`;
  return new Refusal("migration", [
    {
      where: `${join(basename(join(file, "..")), basename(file))}${line}`,
      found: [error.message, error.detail, error.hint].filter(Boolean).join("; "),
      allowed: "statements that the server carries out, in one transaction",
      mend: `edit ${file}; the data is as it was`,
    },
  ]);
}

function wrongKind(id: string, kind: string): Refusal {
  return new Refusal("migration list", [
    {
      where: id,
      found: `a step of kind ${kind}`,
      allowed: "empty, sql or command: the store is PostgreSQL",
      mend: `edit ${id}`,
    },
  ]);
}
