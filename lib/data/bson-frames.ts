import { Refusal } from "../problem";

/** The largest document that a MongoDB server stores, in bytes. */
export const maxDocumentBytes = 16 * 1024 * 1024;
/** An empty BSON document: its length and its end. */
export const minDocumentBytes = 5;

/**
 * Walks the whole documents of a block without decoding them.
 * @param where named in the refusal. Example: `dump/study_set.bson`.
 * @throws Refusal when a length prefix is impossible or a document is cut off (fault group 9).
 */
export function* frames(bytes: Uint8Array, where: string): Generator<Uint8Array> {
  let at = 0;
  while (at < bytes.length) {
    const end = at + frameLength(bytes, at, where);
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** Length in bytes of the document that begins at `at`; refused when it can't be one. */
export function frameLength(bytes: Uint8Array, at: number, where: string): number {
  const rest = bytes.length - at;
  const length = rest < 4 ? rest : readInt32(bytes, at);
  const oversize = maxDocumentBytes + 16 * 1024;
  if (length >= minDocumentBytes && length <= oversize && length <= rest && bytes[at + length - 1] === 0)
    return length;
  throw new Refusal(where, [
    {
      where: `byte ${at}`,
      found:
        length > rest ? `a document of ${length} bytes in the last ${rest}` : `a document of ${length} bytes`,
      allowed: `whole BSON documents of ${minDocumentBytes} to ${maxDocumentBytes} bytes`,
      mend: "the bytes are damaged: take the dump or the segment again",
    },
  ]);
}

/** Little-endian, as everything in BSON. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
