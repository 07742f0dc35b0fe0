import { BSON, type Document } from "mongodb";

const options = {
  promoteValues: false,
  promoteBuffers: false,
  bsonRegExp: true,
  promoteLongs: false,
} as const;

/** A document with its exact BSON types: numbers as `Int32`, `Double` and `Long`. */
export function readTyped(bytes: Uint8Array): Document {
  return BSON.deserialize(bytes, options);
}

/** The same for people to work on: numbers as numbers, 64-bit ones where a number holds them exactly. */
export function toPlain(value: unknown): unknown {
  if (value instanceof BSON.Int32 || value instanceof BSON.Double) return value.valueOf();
  if (value instanceof BSON.Long) return Number.isSafeInteger(value.toNumber()) ? value.toNumber() : value;
  if (Array.isArray(value)) return value.map(toPlain);
  return isPlain(value) ? mapMembers(value, (member) => toPlain(member)) : value;
}

/** Numbers that a migration left as they were get their exact BSON type back, so that nothing else in a document changes. */
export function restoreTypes(value: unknown, before: unknown): unknown {
  if (typeof value === "number" && Object.is(toPlain(before), value)) return before;
  if (Array.isArray(value))
    return value.map((item, at) => restoreTypes(item, Array.isArray(before) ? before[at] : undefined));
  if (!isPlain(value)) return value;
  return mapMembers(value, (member, key) => restoreTypes(member, isPlain(before) ? before[key] : undefined));
}

export function writeTyped(document: Document): Uint8Array {
  return BSON.serialize(document, { ignoreUndefined: true, checkKeys: false });
}

/** Objects of another world (a migration's own) have another prototype, so the tag is asked, not the class. */
export function isPlain(value: unknown): value is Document {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !("_bsontype" in value) && Object.prototype.toString.call(value) === "[object Object]";
}

function mapMembers(object: Document, change: (member: unknown, key: string) => unknown): Document {
  const made: Document = {};
  for (const [key, member] of Object.entries(object)) {
    Object.defineProperty(made, key, {
      value: change(member, key),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return made;
}
