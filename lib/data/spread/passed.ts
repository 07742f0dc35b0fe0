import { type ContentHash, sumOfHashes } from "../order-free-hash";
import type { Passed } from "./work";

/** What went through a worker, as it reports it. */
export function passedOf(collection: string, hash: ContentHash): Passed {
  return { collection, documents: hash.documents, bytes: hash.bytes, hash: hash.toString() };
}

/** All of one collection that went through workers, in whatever order. */
export function sumOfPassed(parts: readonly Passed[]): ContentHash {
  const hash = sumOfHashes(parts.map((part) => part.hash));
  return {
    documents: parts.reduce((sum, { documents }) => sum + documents, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    toString: () => hash,
  };
}
