// Not by way of the driver: every validating thread would load all of it.
import { BSON } from "bson";
import { readInt32 } from "./bson-frames";

const stringType = 2;
const objectIdType = 7;
const nameBytes = Buffer.from("_id\0");

/**
 * The bytes of a document's `_id` element, type and name included. Two documents have the same `_id` exactly when these
 * bytes are the same, whatever its type (fault group 30).
 */
export function idBytes(document: Uint8Array): Uint8Array {
  // Servers put `_id` first, and nearly always as a string or an ObjectId: then nothing has to be parsed.
  if (startsWithId(document)) {
    if (document[4] === objectIdType) return document.subarray(4, 9 + 12);
    if (document[4] === stringType) return document.subarray(4, 9 + 4 + readInt32(document, 9));
  }
  for (const [type, nameAt, nameLength, valueAt, valueLength] of BSON.onDemand.parseToElements(document)) {
    if (nameLength === 3 && nameBytes.compare(document, nameAt, nameAt + 4) === 0) {
      return Buffer.concat([
        Uint8Array.of(type),
        nameBytes,
        document.subarray(valueAt, valueAt + valueLength),
      ]);
    }
  }
  return new Uint8Array();
}

/** A document's `_id` as canonical extended JSON: for people, never for comparison. */
export function idText(document: Uint8Array): string {
  const { _id } = BSON.deserialize(document, { promoteValues: false, promoteBuffers: false });
  return BSON.EJSON.stringify(_id, { relaxed: false });
}

function startsWithId(document: Uint8Array): boolean {
  return document[5] === 0x5f && document[6] === 0x69 && document[7] === 0x64 && document[8] === 0;
}
