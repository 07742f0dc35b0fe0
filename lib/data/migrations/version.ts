import type { Block, DocumentSource } from "../blocks";

/** Where a document of a new version comes from, when it isn't byte for byte what the source gave. */
export interface Trace {
  /** Position of the document in its block. */
  readonly index: number;
  /** The document as the source gave it; undefined for one that a migration made. */
  readonly original?: SourceDocument;
}

export interface SourceDocument {
  readonly collection: string;
  readonly bytes: Uint8Array;
}

/** A block of a version, and what is known of those of its documents that the source did not give as they are. */
export interface TracedBlock {
  readonly block: Block;
  /** In order of `index`. Documents that are not named are byte for byte the source's. */
  readonly traces: readonly Trace[];
  /** Documents that a migration took away between the last block and this one's end. */
  readonly lost?: number;
}

export interface Loss {
  readonly original: SourceDocument;
  readonly reason: string;
}

/** The database after a step of the chain. Collections are read one after the other, each as often as needed. */
export interface Version {
  /** Names of its collections. */
  readonly collections: readonly string[];
  /** For each collection that is not the source's under the same name: the name that it has in the source, if it has one. */
  readonly renames: ReadonlyMap<string, string>;
  /** Collections that some step looked into. */
  readonly touched: ReadonlySet<string>;
  /** Collections of the source that are gone, and not renamed. */
  readonly deleted: readonly string[];
  /** Whether the collection can differ from the source's; false only when it is known to be the same. */
  mayDiffer(collection: string): boolean;
  /** Whether documents were added to the collection, so that an `_id` could be there twice. */
  gains(collection: string): boolean;
  read(collection: string): AsyncIterable<TracedBlock>;
  /** Documents of the source that no collection holds any more; asked for when every collection was read. */
  losses(): AsyncIterable<Loss>;
  close(): Promise<void>;
}

/** The database as it is: what the first step works on. */
export async function sourceVersion(source: DocumentSource): Promise<Version> {
  const collections = await source.collections();
  return {
    collections,
    renames: new Map(),
    touched: new Set(),
    deleted: [],
    mayDiffer: () => false,
    gains: () => false,
    async *read(collection) {
      for await (const block of source.read(collection)) yield { block, traces: [] };
    },
    async *losses() {
      // The source has lost nothing.
    },
    close: () => Promise.resolve(),
  };
}
