import type { CollectionChange } from "../protocol";
import type { ProcessReport } from "../migrations";

/** Whole documents in a file of the record's storage: never changed once written, and known by their content. */
export interface Piece {
  readonly collection: string;
  /** Name in the record's storage. */
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly documents: number;
  readonly sha256: string;
}

/** The least that one worker does at a time, and that is done again when it dies. */
export type Unit =
  /** Migrates and judges one piece; what differs goes to a file. */
  | { readonly do: "migrate"; readonly id: string; readonly piece: Piece }
  /**
   * What no single piece can tell: collections without documents, new ones, and all that a migrator in another process
   * looks into, since it may ask for any collection.
   */
  | { readonly do: "frame"; readonly id: string; readonly reads: readonly Piece[] }
  /** Puts one piece into its staging collection. */
  | { readonly do: "load"; readonly id: string; readonly piece: Piece };

/** What one Job is to do; it lies in the storage, and workers know it by its content hash. */
export interface WorkPlan {
  readonly format: 1;
  /** Content hash of the engine that made it: a worker of another one refuses. */
  readonly engine: string;
  readonly database: string;
  /** Fencing token: when the lock has another, workers stop. */
  readonly token: number;
  /** Folder of this pass in the record's storage. */
  readonly pass: string;
  /** Names of the source's collections, and which of them hold documents. */
  readonly collections: readonly string[];
  readonly filled: readonly string[];
  /** Content hash of the packed migrations and schemas, which lie in the pass's folder. */
  readonly process: string;
  /** How large a piece is about, in bytes. */
  readonly segmentBytes: number;
  /** By index of the Job. */
  readonly shares: readonly (readonly Unit[])[];
}

/** What a unit came to. A unit that is done twice counts once: it has one name, and each attempt the same content. */
export interface UnitResult {
  /** Content hash of the unit that it answers. */
  readonly unit: string;
  /** Of `migrate` and `frame`. */
  readonly report?: ProcessReport;
  /** New versions as pieces, of collections in which the unit found a difference; also of empty ones. */
  readonly written?: readonly WrittenPieces[];
  /** Of `load`: what was sent. */
  readonly loaded?: Pick<CollectionChange, "collection"> & {
    readonly documents: number;
    readonly hash: string;
  };
  /** For the cost model. */
  readonly seconds: number;
}

/** What a unit wrote of one collection of the new version. */
export interface WrittenPieces {
  readonly collection: string;
  readonly pieces: readonly Piece[];
}
