import type { Client } from "pg";
import { name } from "./quoting";
import { hasState, rows, state } from "./server";

/** An extension that belongs to somebody for whom the release's user acts. */
export interface Extension {
  readonly extension: string;
  readonly schema: string;
  readonly owner: string;
}

/** Extensions that pg_restore would give another owner: it makes them all its own, and nothing can change that later. */
export async function othersExtensions(client: Client): Promise<readonly Extension[]> {
  return rows<Extension>(
    client,
    `SELECT extname AS extension, n.nspname AS schema, pg_get_userbyid(extowner) AS owner
     FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace
     WHERE pg_has_role(extowner, 'MEMBER') AND pg_get_userbyid(extowner) <> current_user
       AND NOT (SELECT rolsuper FROM pg_roles WHERE oid = extowner) ORDER BY e.oid`,
  );
}

/** Makes extensions as their owners, in a database that has their schemas. @returns those that their owners may make. */
export async function createExtensions(
  client: Client,
  extensions: readonly Extension[],
): Promise<ReadonlySet<string>> {
  const made = new Set<string>();
  for (const { extension, schema, owner } of extensions) {
    await client.query("BEGIN");
    try {
      await client.query(`SET LOCAL ROLE ${name(owner)}`);
      await client.query(`CREATE EXTENSION ${name(extension)} SCHEMA ${name(schema)}`);
      await client.query("COMMIT");
      made.add(extension);
    } catch (error) {
      await client.query("ROLLBACK");
      if (!hasState(error, state.notAllowed)) throw error;
    }
  }
  return made;
}
