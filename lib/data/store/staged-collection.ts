import type { CreateCollectionOptions, Db, Document } from "mongodb";
import { Refusal } from "../../problem";
import { never } from "../fence/expiry";
import { stagingName } from "../names";
import { type CollectionInfo, listIndexes } from "./catalog";
import { expires, without } from "./shape";

/** The live collection that a new version is made like. */
export interface Model {
  readonly options: Document;
  readonly indexes: readonly Document[];
}

/** Makes an empty staging collection like the live one. @param origin what it was called before. */
export async function createStaged(
  db: Db,
  token: number,
  { collection, origin }: { readonly collection: string; readonly origin: string },
  live: ReadonlyMap<string, CollectionInfo>,
): Promise<Model> {
  const name = stagingName(collection, token);
  // Left from an attempt of this very token that was cut off.
  await db.dropCollection(name).catch(() => false);
  const options = live.get(origin)?.options ?? {};
  await db.createCollection(name, createOptions(options));
  return { options, indexes: live.has(origin) ? await listIndexes(db, origin) : [] };
}

/** Gives a loaded staging collection the live one's indexes. @throws Refusal when its documents don't fit them. */
export async function indexStaged(db: Db, token: number, collection: string, model: Model): Promise<void> {
  // The collection is made with the index of its key.
  const own = model.indexes.filter(({ name, clustered }) => name !== "_id_" && clustered !== true);
  if (own.length === 0) return;
  try {
    // Nothing expires before the release is over: what is loaded must be what is read back.
    const specs = own.map((index) => ({
      ...without(index, new Set(["ns"])),
      ...(expires(index) ? { expireAfterSeconds: never } : {}),
    }));
    await db.command({ createIndexes: stagingName(collection, token), indexes: specs });
  } catch (error) {
    throw new Refusal(`indexes of ${collection}`, [
      {
        where: collection,
        found: error instanceof Error ? error.message : String(error),
        allowed: "new documents that keep the collection's indexes, unique ones too",
        mend: "the migration, or the index",
      },
    ]);
  }
}

/** What a new version's collection is created with: all of the live one's options but what only the server sets, and its expiry. */
function createOptions(options: Document): CreateCollectionOptions {
  return without(options, new Set(["uuid", "autoIndexId", "expireAfterSeconds"]));
}
