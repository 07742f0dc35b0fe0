/**
 * How documents move through the engine: raw BSON in blocks, never decoded where nothing has to look inside.
 * Who reads a store or a dump implements `DocumentSource`; who writes one implements `DocumentSink`.
 */

/** Whole BSON documents of one collection, one after the other, 1–4 MiB (a single larger document is a block of its own). */
export interface Block {
  readonly collection: string;
  readonly bytes: Uint8Array;
  /** Documents in `bytes`. */
  readonly documents: number;
}

export interface DocumentSource {
  /** Names of the collections that hold documents, views and our own bookkeeping left out. */
  collections(): Promise<readonly string[]>;
  /** All documents of one collection, in the server's natural order. */
  read(collection: string): AsyncIterable<Block>;
}

export interface DocumentSink {
  /**
   * Called once per collection of the new version before its first block, also for an empty one.
   * @param origin what the collection was called before, where a migration renamed it.
   */
  begin(collection: string, origin?: string): Promise<void>;
  write(block: Block): Promise<void>;
  /** Called once per collection when its last block was written. */
  end(collection: string): Promise<void>;
}
