import { BSON, type Document } from "mongodb";

/** What the server adds by itself, or says elsewhere. */
const notTheUsers: ReadonlySet<string> = new Set(["uuid", "autoIndexId", "ns", "v", "idIndex"]);

/**
 * A collection's options and indexes as one text: equal exactly when a collection that is made like the one is like the
 * other. When documents expire is left out: that is paused and given back by itself.
 */
export function shapeOf(options: Document, indexes: readonly Document[]): string {
  const shown = indexes.map((index) =>
    text(expires(index) ? { ...index, expireAfterSeconds: "paused" } : index),
  );
  return [text(without(options, new Set(["expireAfterSeconds"]))), ...shown.sort()].join("\n");
}

/** Whether the server deletes documents by this index, or of the clustered collection with these options, as they expire. */
export function expires(indexOrOptions: Document): boolean {
  return indexOrOptions["expireAfterSeconds"] !== undefined;
}

/** The document without some of its members. */
export function without(document: Document, keys: ReadonlySet<string>): Document {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !keys.has(key)));
}

/** The order of an index's keys and of a validator's members counts; that of the options themselves does not. */
function text(document: Document): string {
  const entries = Object.entries(without(document, notTheUsers)).sort(([a], [b]) => (a < b ? -1 : 1));
  return BSON.EJSON.stringify(Object.fromEntries(entries), { relaxed: true });
}
