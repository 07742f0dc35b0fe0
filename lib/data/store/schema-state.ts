import type { Db, Document } from "mongodb";
import type { SchemaState } from "../journal/record-state";
import { stateCollection } from "../names";

interface StateDocument extends Document {
  readonly _id: string;
}
const schemaId = "schema";

/** What holds in the database, or undefined before the first release. */
export async function readSchemaState(db: Db): Promise<SchemaState | undefined> {
  const found = await db.collection<StateDocument>(stateCollection).findOne({ _id: schemaId });
  return found
    ? { version: String(found["version"]), release: String(found["release"]), hash: String(found["hash"]) }
    : undefined;
}

/** Says what holds from now on; `undefined` where nothing did. Idempotent. */
export async function writeSchemaState(db: Db, state: SchemaState | undefined): Promise<void> {
  const states = db.collection<StateDocument>(stateCollection);
  if (state) await states.replaceOne({ _id: schemaId }, { ...state }, { upsert: true });
  else await states.deleteOne({ _id: schemaId });
}
