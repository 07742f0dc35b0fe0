import { BSON, type Db, type Document } from "mongodb";
import { isUserCollection } from "../names";

/** A collection as the server describes it. */
export interface CollectionInfo {
  readonly name: string;
  /** `collection`, `view` or `timeseries`. */
  readonly type: string;
  readonly options: Document;
  /** The server's own identity of the collection, as hex, where it has one. */
  readonly uuid?: string;
}

/** Everything in the database, ours and the server's left in. */
export async function listAll(db: Db): Promise<readonly CollectionInfo[]> {
  const found = await db.listCollections({}, { nameOnly: false }).toArray();
  return found
    .map((item): CollectionInfo => {
      const info: Document = "info" in item ? (item.info ?? {}) : {};
      const uuid: unknown = info["uuid"];
      const described = {
        name: item.name,
        type: item.type ?? "collection",
        options: "options" in item ? (item.options ?? {}) : {},
      };
      return uuid instanceof BSON.Binary ? { ...described, uuid: uuid.toString("hex") } : described;
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The system's own collections, views left out. */
export function userCollections(all: readonly CollectionInfo[]): readonly CollectionInfo[] {
  return all.filter(({ name, type }) => type !== "view" && isUserCollection(name));
}

/** The indexes of a collection, as the server describes them, `_id_` left in. */
export async function listIndexes(db: Db, collection: string): Promise<readonly Document[]> {
  return db.collection(collection).listIndexes().toArray();
}
