import { frames } from "../bson-frames";
import { idText } from "../document-id";
import { digestContent, digestKey, loadDigests } from "./digests";
import { MongoSource } from "./mongo-source";
import type { Store } from "./store";

/** Shown per collection; the counts are of all. */
const shown = 20;

/** What a release left in a collection, and where the document that it was made from can be looked up. */
export interface ReleasedCollection {
  readonly collection: string;
  readonly token: number;
  readonly documents: number;
  /** The retained original, where documents that are gone since may still be named. */
  readonly retained: string | undefined;
}

/**
 * Names what users wrote to a collection since a release put it in place (rule N18, fault group 40).
 * @param now documents that it holds now.
 */
export async function usersWrites(
  store: Store,
  { collection, token, documents, retained }: ReleasedCollection,
  now: number,
): Promise<string> {
  const then = await loadDigests(store.db, token, collection);
  if (!then) return `${documents} documents then, ${now} now, with other content`;
  const added: string[] = [];
  const changed: string[] = [];
  for await (const block of new MongoSource(store.db).read(collection)) {
    for (const document of frames(block.bytes, collection)) {
      const key = digestKey(document);
      const content = then.get(key);
      if (content === undefined) added.push(idText(document));
      else if (content !== digestContent(document)) changed.push(idText(document));
      then.delete(key);
    }
  }
  const gone = await named(store.db, retained, then);
  const parts = [
    list("added", added.length, added),
    list("changed", changed.length, changed),
    list("removed", then.size, gone),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

/** The ids of documents that are gone, as far as the original still knows them. */
async function named(
  db: Store["db"],
  retained: string | undefined,
  gone: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  if (retained === undefined || gone.size === 0) return ids;
  for await (const block of new MongoSource(db).read(retained)) {
    for (const document of frames(block.bytes, retained)) {
      if (gone.has(digestKey(document))) ids.push(idText(document));
      if (ids.length === Math.min(shown, gone.size)) return ids;
    }
  }
  return ids;
}

function list(what: string, count: number, ids: readonly string[]): string {
  if (count === 0) return "";
  const names = ids.slice(0, shown).join(", ");
  return `${count} ${what} (${names}${count > shown ? ", …" : ""})`;
}
