import { open } from "node:fs/promises";
import type { Block } from "../blocks";
import { frameLength, frames, maxDocumentBytes, readInt32 } from "../bson-frames";
import { BlockBuilder } from "../store/mongo-source";

const readBytes = 4 * 1024 * 1024;

/** Reads whole documents of a `.bson` file in blocks. @throws Refusal at the first byte that can't be a document's. */
export async function* readBson(path: string, collection: string): AsyncGenerator<Block> {
  const file = await open(path, "r");
  try {
    let rest: Uint8Array = new Uint8Array();
    let block = new BlockBuilder(collection);
    for (;;) {
      // A buffer of its own each time: the documents of a block are views into it until the block is built.
      const buffer = Buffer.allocUnsafe(readBytes);
      const { bytesRead } = await file.read(buffer, 0, readBytes);
      if (bytesRead === 0) break;
      const bytes =
        rest.length === 0
          ? buffer.subarray(0, bytesRead)
          : Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const whole = wholeDocuments(bytes, path);
      for (const document of frames(bytes.subarray(0, whole), path)) {
        if (!block.fits(document)) {
          yield block.build();
          block = new BlockBuilder(collection);
        }
        block.add(document);
      }
      rest = bytes.subarray(whole);
    }
    // Refuses with the place: these bytes are no whole document.
    if (rest.length > 0) frameLength(rest, 0, path);
    if (block.documents > 0) yield block.build();
  } finally {
    await file.close();
  }
}

/** How many bytes at the beginning are whole documents. */
function wholeDocuments(bytes: Uint8Array, path: string): number {
  let at = 0;
  while (bytes.length - at >= 4) {
    const length = readInt32(bytes, at);
    // More than this never becomes whole: refused here, not after the rest of the file was gathered.
    if (length <= 0 || length > maxDocumentBytes + 16 * 1024) frameLength(bytes, at, path);
    if (length > bytes.length - at) break;
    at += length;
  }
  return at;
}
