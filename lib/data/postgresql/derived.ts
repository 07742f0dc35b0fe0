import { sideBySide } from "../side-by-side";
import type { Which } from "./contents";
import { name } from "./quoting";
import { type PostgresServer, rows } from "./server";
import type { Sessions } from "./side-by-side";
import { plain, quoted } from "./tables";

/** Refreshes what is derived from tables, in the order in which it was made. */
export async function refreshViews(server: PostgresServer, actual: string): Promise<void> {
  await server.with(actual, async (client) => {
    const filled = await rows<{ schema: string; view: string }>(
      client,
      `SELECT n.nspname AS schema, c.relname AS view
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'm' AND c.relispopulated ORDER BY c.oid`,
    );
    for (const { schema, view } of filled)
      await client.query(`REFRESH MATERIALIZED VIEW ${name(schema)}.${name(view)}`);
  });
}

/**
 * Gives the planner statistics of a copy's tables; of partitions by the table that they are parts of.
 * @param which those that never had any where it is `new`: what a migration makes of others the server notices itself.
 */
export async function analyse({ server, database, jobs }: Sessions, which: Which | "new"): Promise<void> {
  const found = await server.with(database, (client) =>
    rows<{ schema: string; table: string; kind: string }>(
      client,
      `SELECT n.nspname AS schema, c.relname AS "table", c.relkind AS kind
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND c.relpersistence <> 't'
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')${which === "new" ? " AND c.reltuples < 0" : ""}
       ORDER BY pg_relation_size(c.oid) DESC`,
    ),
  );
  const wanted = which === "new" ? found : found.filter((one) => one.kind !== "r" || which(plain(one)));
  await sideBySide(wanted, jobs, (one) =>
    server.with(database, (client) => client.query(`ANALYZE ${quoted(one)}`)),
  );
}
