import { BSON, type Db, type Document } from "mongodb";
import { isUserCollection } from "../names";
import { Refusal } from "../../problem";

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

/** About how many documents these collections hold together, quickly. */
export async function estimateDocuments(db: Db, collections: readonly string[]): Promise<number> {
  const counts = await Promise.all(collections.map((name) => db.collection(name).estimatedDocumentCount()));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** @throws Refusal that lists what can't be swapped by renames without a loss. */
export function refuseUnsafe(live: readonly CollectionInfo[]): void {
  const problems = live
    .filter(({ type, options }) => type === "timeseries" || options["capped"] === true)
    .map(({ name, type }) => ({
      where: name,
      found: type === "timeseries" ? "a time series collection" : "a capped collection",
      allowed: "ordinary collections: these can't be renamed, or would evict documents while they are loaded",
      mend: "move it to a database of its own",
    }));
  if (problems.length > 0) throw new Refusal("collections", problems);
}
