import type { Block } from "../blocks";
import { frameLength, frames, maxDocumentBytes, minDocumentBytes, readInt32 } from "../bson-frames";
import { BlockBuilder } from "../store/mongo-source";
import type { DumpStorage } from "./storage";

/** Reads whole documents of a `.bson` file in blocks. @throws Refusal at the first byte that can't be a document's. */
export function readBson(storage: DumpStorage, name: string, collection: string): AsyncGenerator<Block> {
  return blocksOf(storage.get(name), collection, storage.where(name));
}

/** Blocks of whole documents. @param where named in the refusal. @throws Refusal at the first byte that can't be a document's. */
export async function* blocksOf(
  chunks: AsyncIterable<Uint8Array>,
  collection: string,
  where: string,
): AsyncGenerator<Block> {
  let rest: Uint8Array = new Uint8Array();
  let block = new BlockBuilder(collection);
  for await (const chunk of chunks) {
    // The documents of a block are views into its chunks until it is built.
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = wholeDocuments(bytes, where);
    for (const document of frames(bytes.subarray(0, whole), where)) {
      if (!block.fits(document)) {
        yield block.build();
        block = new BlockBuilder(collection);
      }
      block.add(document);
    }
    rest = bytes.subarray(whole);
  }
  // Refuses with the place: these bytes are no whole document.
  if (rest.length > 0) frameLength(rest, 0, where);
  if (block.documents > 0) yield block.build();
}

/** How many bytes at the beginning are whole documents. */
function wholeDocuments(bytes: Uint8Array, path: string): number {
  let at = 0;
  while (bytes.length - at >= 4) {
    const length = readInt32(bytes, at);
    // This never becomes whole: refused here, not after the rest of the file was gathered.
    if (length < minDocumentBytes || length > maxDocumentBytes + 16 * 1024) frameLength(bytes, at, path);
    if (length > bytes.length - at) break;
    at += length;
  }
  return at;
}
