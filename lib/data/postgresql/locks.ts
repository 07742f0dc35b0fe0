import { Refusal } from "../../problem";
import { hasState, lockPatience, type PostgresServer, rows, state } from "./server";

/** Runs what reads users' tables. @throws Refusal that names who keeps a table locked, where that is why it failed (fault group 42). */
export async function withoutLocks<Result>(
  server: PostgresServer,
  database: string,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw isWait(error) ? ((await holders(server, database)) ?? error) : error;
  }
}

/** The server's answer, or what pg_dump makes of it. */
function isWait(error: unknown): boolean {
  return (
    hasState(error, state.lockNotAvailable) ||
    (error instanceof Refusal && /LOCK TABLE|statement timeout/.test(error.message))
  );
}

async function holders(server: PostgresServer, database: string): Promise<Refusal | undefined> {
  const found = await server.with(database, (client) =>
    rows<{ table: string; who: string; seconds: number; pid: number }>(
      client,
      `SELECT DISTINCT n.nspname || '.' || c.relname AS "table", usename || ' (' || application_name || ')' AS who,
              extract(epoch FROM now() - xact_start)::int AS seconds, pid
       FROM pg_locks l JOIN pg_stat_activity USING (pid) JOIN pg_class c ON c.oid = l.relation
       JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p')
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1`,
    ),
  );
  if (found.length === 0) return undefined;
  return new Refusal(
    "locks",
    found.map(({ table, who, seconds, pid }) => ({
      where: `${database}: ${table}`,
      found: `a table that ${who} has locked for ${seconds} s`,
      allowed: `tables that can be read within ${lockPatience} s`,
      mend: `wait for its end, or end it (pg_terminate_backend(${pid})); then start the release again`,
    })),
  );
}
