import type { Client } from "pg";
import { type Counters, countersOf } from "./counters";
import { type PostgresServer, row } from "./server";

/** A database as it was at one instant, for as long as the session lasts. */
export interface Snapshot {
  readonly client: Client;
  /** By which other sessions, and pg_dump, see the same instant. */
  readonly id: string;
  /** What the server had counted just before: what it counted later than this may be what the snapshot does not show. */
  readonly counters: ReadonlyMap<string, Counters>;
}

/** Runs with a session that sees a database at one instant, read-only. */
export async function inSnapshot<Result>(
  server: PostgresServer,
  database: string,
  run: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  return server.with(database, async (client) => {
    const counters = await countersOf(client);
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const exported = await row<{ id: string }>(client, "SELECT pg_export_snapshot() AS id");
    const result = await run({ client, id: exported?.id ?? "", counters });
    await client.query("COMMIT");
    return result;
  });
}
