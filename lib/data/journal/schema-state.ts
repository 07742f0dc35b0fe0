import type { Ledger } from "./ledger";
import type { SchemaState } from "./record-state";

const schemaId = "schema";

/** What holds in the database, or undefined before the first release. */
export async function readSchemaState({ documents }: Ledger): Promise<SchemaState | undefined> {
  const found = (await documents.read(schemaId)) as unknown as SchemaState | undefined;
  return found && { version: found.version, release: found.release, hash: found.hash };
}

/** Says what holds from now on; `undefined` where nothing did. Idempotent. */
export async function writeSchemaState({ documents }: Ledger, state: SchemaState | undefined): Promise<void> {
  await documents.write(schemaId, state && { ...state });
}
