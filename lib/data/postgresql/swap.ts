import type { Client } from "pg";
import { LockLost } from "../journal/lock";
import { Refusal } from "../../problem";
import type { Rename } from "../swap/move";
import { endSessions } from "./database";
import { name } from "./quoting";
import { hasState, type PostgresServer, row, rows, state } from "./server";

/** How often sessions that came meanwhile are ended, in milliseconds. */
const endEvery = 100;

/**
 * Renames databases in one transaction: all or none. It holds the lock's row meanwhile, so that an owner that fell silent, lost the
 * lock and wakes up renames nothing. New sessions wait for the end of the rename; old ones are ended.
 * @throws Refusal where somebody stays connected whom the release's user may not disconnect; LockLost.
 */
export async function renameDatabases(
  server: PostgresServer,
  journal: string,
  renames: readonly Rename[],
  token: number,
): Promise<void> {
  await server.with(journal, async (client) => {
    await client.query("SET lock_timeout = '60s'");
    await client.query("BEGIN");
    const held = await row<{ token: string }>(client, "SELECT token FROM public.lock FOR UPDATE");
    if (Number(held?.token) !== token) throw new LockLost(token);
    for (const rename of renames) await renameOne(server, client, rename);
    await client.query("COMMIT");
  });
}

async function renameOne(server: PostgresServer, client: Client, { from, to, uuid }: Rename): Promise<void> {
  const there = await row<{ oid: string }>(client, "SELECT oid::text FROM pg_database WHERE datname = $1", [
    from,
  ]);
  if (there === undefined || (uuid !== undefined && there.oid !== uuid)) throw another(from, there?.oid);
  let over = false;
  const ending = server.with(server.database, async (ender) => {
    do {
      await endSessions(ender, from);
      await new Promise((resolve) => setTimeout(resolve, endEvery));
      // Set by the rename below, while this waits.
    } while (!over);
  });
  try {
    await client.query(`ALTER DATABASE ${name(from)} RENAME TO ${name(to)}`);
  } catch (error) {
    throw hasState(error, state.inUse) ? await stillConnected(server, from) : error;
  } finally {
    over = true;
    await ending;
  }
}

async function stillConnected(server: PostgresServer, database: string): Promise<Refusal> {
  const who = await server.with(server.database, (client) =>
    rows<{ who: string }>(
      client,
      `SELECT DISTINCT coalesce(usename, backend_type) || ' (' || application_name || ')' AS who FROM pg_stat_activity WHERE datname = $1
       UNION ALL SELECT 'a prepared transaction of ' || owner || ', ' || gid FROM pg_prepared_xacts WHERE database = $1`,
      [database],
    ),
  );
  return new Refusal("swap", [
    {
      where: database,
      found: `sessions that could not be ended: ${who.map((one) => one.who).join(", ")}`,
      allowed: "none while it is renamed",
      mend: "end them, or give the release's user the right to (pg_signal_backend); then start the release again",
    },
  ]);
}

function another(from: string, found: string | undefined): Refusal {
  return new Refusal("swap", [
    {
      where: from,
      found: found === undefined ? "no such database" : `another database (${found})`,
      allowed: "the one that was verified",
      mend: 'see "A swap in doubt" in docs/data-bad-night.md',
    },
  ]);
}
