import type { Client } from "pg";
import type { Canary, CanaryVerdict } from "../fence/canary";
import { name } from "./quoting";
import { hasState, type PostgresServer, row, state } from "./server";

/**
 * An ordinary writer of several databases: begins what a write begins, touches no row, and takes it back. All must say the same.
 */
export class PostgresCanary implements Canary {
  constructor(
    private readonly asWriter: PostgresServer,
    private readonly databases: readonly string[],
  ) {}

  async write(): Promise<CanaryVerdict> {
    const verdicts = new Set<CanaryVerdict>();
    for (const database of this.databases) verdicts.add(await this.#writeTo(database));
    const [verdict = "accepted", ...others] = verdicts;
    return others.length === 0 ? verdict : "in-doubt";
  }

  async #writeTo(database: string): Promise<CanaryVerdict> {
    let client: Client | undefined;
    try {
      client = await this.asWriter.connectAsIs(database);
      await client.query(`BEGIN; ${await writeOf(client)}; ROLLBACK`);
      return "accepted";
    } catch (error) {
      const refusals = [state.readOnly, state.notAllowed, state.tooManyConnections, state.notConnectable];
      return hasState(error, ...refusals) ? "refused" : "in-doubt";
    } finally {
      await client?.end().catch(() => undefined);
    }
  }
}

/** A statement that needs what a write needs and changes nothing. */
async function writeOf(client: Client): Promise<string> {
  const table = await row<{ schema: string; table: string }>(
    client,
    `SELECT n.nspname AS schema, c.relname AS "table" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
       AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'DELETE')
       AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
     ORDER BY 1, 2 LIMIT 1`,
  );
  return table
    ? `DELETE FROM ${name(table.schema)}.${name(table.table)} WHERE false`
    : "CREATE TEMP TABLE _slipway_canary () ON COMMIT DROP";
}
