import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SchemaVersion } from "../migrations/migration";
import { type PublishedSchema, schemaOf } from "./schema";

/** Where a migration list holds the schema of a version, for systems whose schema is in no package. */
export function ownSchemaFile({ package: name, version }: SchemaVersion, list: string): string {
  return join(list, name, `${version}.schema.json`);
}

/**
 * The JSON Schema that lies in the migration list, for systems that publish it in no package; undefined where there is none.
 * @throws Refusal when it can't be used.
 */
export async function ownSchema(version: SchemaVersion, list: string): Promise<PublishedSchema | undefined> {
  const file = ownSchemaFile(version, list);
  return existsSync(file) ? { ...(await schemaOf(version, file)), units: new Map() } : undefined;
}
