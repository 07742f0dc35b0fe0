import type { Segment } from "../dump/manifest";
import type { Migration, ProcessReport } from "../migrations";
import type { IdRange } from "../store/id-ranges";

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

/** The least that one worker does at a time, and that is done again when it dies; its id is its own in the whole pass. */
export type Unit =
  /** Migrates and judges one piece; what differs goes to a file. */
  | { readonly do: "migrate"; readonly id: string; readonly piece: Piece }
  /**
   * What no single piece can tell: collections without documents, new ones, and all that a migrator in another process
   * looks into, since it may ask for any collection.
   */
  | { readonly do: "frame"; readonly id: string; readonly reads: readonly Piece[] }
  /** Puts one piece into its staging collection. */
  | { readonly do: "load"; readonly id: string; readonly piece: Piece }
  /** Reads documents out of the database into a file. */
  | ReadingUnit<"dump">
  /** Does so, and migrates and judges them on their way. */
  | ReadingUnit<"dump-migrate">
  /** Reads documents in the database for their content hash. */
  | ReadingUnit<"scan">;

/** A unit that reads the database. */
export interface ReadingUnit<Does = "dump" | "dump-migrate" | "scan"> extends Stretch {
  readonly do: Does;
  readonly id: string;
}

/** Documents of one collection as they stand in the database. */
export interface Stretch {
  readonly collection: string;
  /** Which of them, by their `_id`s. */
  readonly range: IdRange;
  /** About how many there are, and how large they are together; for sharing the work, and for people. */
  readonly documents: number;
  readonly bytes: number;
}

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

/**
 * What a unit came to. A unit that is done twice counts once: it has one name, and one of its attempts stands whole, with the files
 * that this attempt wrote. Users go on writing while documents are read, so that another attempt may have read others.
 */
export interface UnitResult extends Findings {
  /** Content hash of the unit that it answers. */
  readonly unit: string;
  /** Name of the attempt, below which its files lie. */
  readonly attempt: string;
  /** What it took, for the cost model. */
  readonly seconds: number;
}

/** What came of a unit's documents. */
export interface Findings {
  /** Of `migrate`, `frame` and `dump-migrate`. */
  readonly report?: ProcessReport;
  /** New versions as pieces, of collections in which the unit found a difference; also of empty ones. */
  readonly written?: readonly WrittenPieces[];
  /** Of `load`: what was sent. Of all that read the database: what was read. */
  readonly passed?: Passed;
  /** Of `dump` and `dump-migrate`: where it lies. */
  readonly dumped?: { readonly file: string; readonly segments: readonly Segment[] };
}

/** Documents of one collection that went through a worker. */
export interface Passed {
  readonly collection: string;
  readonly documents: number;
  readonly bytes: number;
  /** Their order-free content hash. */
  readonly hash: string;
}

/** What a unit wrote of one collection of the new version. */
export interface WrittenPieces {
  readonly collection: string;
  readonly pieces: readonly Piece[];
}

/** Whether a step may ask for any collection, so that the chain can't be run on a piece by itself. */
export function needsAll(chain: readonly Migration[]): boolean {
  return chain.some(({ step }) => step.kind === "python");
}
