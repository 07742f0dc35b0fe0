import type { AbstractCursor } from "mongodb";
import { readInt32 } from "../bson-frames";

/** A reply's documents as the driver holds them before it looks into them. */
interface UnreadReply {
  readonly batch: { readonly bson: Uint8Array; readonly offset: number };
  clear(): void;
}

/**
 * The documents of a raw cursor, batch by batch, as views into the server's replies; while one batch is looked at, the server
 * makes the next ready. The driver would look into every document to hand it out, which costs three times what reading the
 * batch costs. Where it keeps its replies is not public, so the driver's version is pinned, and where the reply isn't found it
 * is asked the ordinary way.
 * @param cursor made with `raw: true`; closed at the end, and when the caller stops early.
 */
export async function* rawBatches(cursor: AbstractCursor): AsyncGenerator<Iterable<Uint8Array>> {
  let more = cursor.hasNext();
  try {
    while (await more) {
      const reply = unreadReply(cursor);
      if (reply) {
        const { bson, offset } = reply.batch;
        reply.clear();
        more = cursor.hasNext();
        // Its failure is reported where it is awaited.
        more.catch(() => undefined);
        yield arrayItems(bson, offset);
      } else {
        yield cursor.readBufferedDocuments();
        more = cursor.hasNext();
      }
    }
  } finally {
    await more.catch(() => undefined);
    await cursor.close();
  }
}

function unreadReply(cursor: AbstractCursor): UnreadReply | undefined {
  const { documents } = cursor as unknown as { readonly documents?: Partial<UnreadReply> | null };
  const { batch } = documents ?? {};
  const whole = batch?.bson instanceof Uint8Array && typeof batch.offset === "number";
  return whole && typeof documents?.clear === "function" ? (documents as UnreadReply) : undefined;
}

/** The documents in a BSON array that begins at `from`; the server's own bytes, read as they came. */
function* arrayItems(bytes: Uint8Array, from: number): Generator<Uint8Array> {
  const end = from + readInt32(bytes, from) - 1;
  let at = from + 4;
  while (at < end) {
    // The item's type, then its position as text up to a zero byte.
    at = bytes.indexOf(0, at + 1) + 1;
    const next = at + readInt32(bytes, at);
    yield bytes.subarray(at, next);
    at = next;
  }
}
