import { createHash } from "node:crypto";
import { Refusal } from "../../problem";
import type { Block, DocumentSource } from "../blocks";
import { blocksOf } from "../dump/read-bson";
import type { DumpStorage } from "../dump/storage";
import { StorageFault } from "./sealed";
import type { Piece } from "./work";

/** A database of which only some pieces are at hand; all of its collections are known by name. */
export class PieceSource implements DocumentSource {
  constructor(
    private readonly storage: DumpStorage,
    private readonly names: readonly string[],
    private readonly pieces: readonly Piece[],
  ) {}

  collections(): Promise<readonly string[]> {
    return Promise.resolve(this.names);
  }

  async *read(collection: string): AsyncGenerator<Block> {
    for (const piece of this.pieces)
      if (piece.collection === collection) yield* readPiece(this.storage, piece);
  }
}

/** The documents of a piece, which are known to be those that were put only when the last has come. @throws StorageFault when they are not. */
export async function* readPiece(storage: DumpStorage, piece: Piece): AsyncGenerator<Block> {
  const sum = createHash("sha256");
  const where = `${storage.where(piece.file)}, byte ${piece.offset}`;
  const summed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of storage.get(piece.file, piece)) {
      sum.update(chunk);
      yield chunk;
    }
  };
  try {
    yield* blocksOf(summed(), piece.collection, where);
  } catch (error) {
    // Half a document is what a broken read looks like, and so are damaged bytes.
    throw new StorageFault(
      where,
      error instanceof Refusal ? "documents that are damaged or cut off" : said(error),
    );
  }
  if (sum.digest("hex") !== piece.sha256) throw new StorageFault(where, "other bytes than were put there");
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
