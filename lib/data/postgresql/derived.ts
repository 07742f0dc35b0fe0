import { name } from "./quoting";
import { type PostgresServer, rows } from "./server";

/** Refreshes what is derived from tables, in the order in which it was made, and gives the planner its statistics. */
export async function refreshDerived(server: PostgresServer, actual: string, views: boolean): Promise<void> {
  await server.with(actual, async (client) => {
    const filled = views
      ? await rows<{ schema: string; view: string }>(
          client,
          `SELECT n.nspname AS schema, c.relname AS view
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind = 'm' AND c.relispopulated ORDER BY c.oid`,
        )
      : [];
    for (const { schema, view } of filled)
      await client.query(`REFRESH MATERIALIZED VIEW ${name(schema)}.${name(view)}`);
    await client.query("ANALYZE");
  });
}
