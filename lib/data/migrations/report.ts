import type { CollectionChange, InvalidDocument } from "../protocol";
import type { DumpStorage } from "../dump/storage";
import type { DocumentSink, DocumentSource } from "../blocks";
import type { Migration, SchemaVersion } from "./migration";
import type { Version } from "./version";

/** Every invalid document, one JSON object a line. */
export const invalidFile = "invalid.ndjson";

/** Every removed document, one JSON object a line. */
export const removedFile = "removed.ndjson";

/** What `processData` is asked to do: one pass over a database, read-only towards its source. */
export interface ProcessRequest {
  /** The steps in order, from `chain()`; empty when only validation is asked for. */
  readonly chain: readonly Migration[];
  /** The schema that every document must obey afterwards (rule N13). */
  readonly schema: SchemaVersion;
  /** The schema that the data has now; tells documents that were invalid before from those that the release broke. */
  readonly before?: SchemaVersion;
  readonly source: DocumentSource;
  /** Receives changed, created and renamed collections, whole, in their new shape; nothing of the others. */
  readonly sink?: DocumentSink;
  /** Where the list of all invalid documents goes, and that of all removed ones when they are more than a report holds. */
  readonly reports: DumpStorage;
  /** Private folder for what does not fit in memory; made and removed by us. Default: the system's temporary folder. */
  readonly scratch?: string;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, collection: string) => void;
  /** What stays as it is beside a part of a database, so that references out of it and into it are not taken for lost ones. */
  readonly beside?: Beside;
  /** Told of every document that may differ from the source's; for previews. */
  readonly observe?: Observe;
  /** Only a part of the database is looked at here; others look at the rest, and somebody adds up. */
  readonly part?: Part;
  /** Threads that look at documents. Default: one per core but one. */
  readonly threads?: number;
}

/** A part of a pass: which collections of the new version it looks at. References are collected, and not followed. */
export interface Part {
  looksAt(collection: string, version: Version): boolean;
}

/** The rest of a database when a part of it is done again. */
export interface Beside {
  readonly source: DocumentSource;
  /** Kinds of ids in the whole database, as the pass over all of it reported them. */
  readonly idKinds: readonly string[];
}

/** A document of the new version that a step looked into, and what the source has in its place, if anything. */
export interface SeenDocument {
  readonly collection: string;
  readonly original?: { readonly collection: string; readonly bytes: Uint8Array };
  readonly bytes: Uint8Array;
}

export type Observe = (document: SeenDocument) => void;

/** A document that a migration took away, and why; without a reason it is refused. */
export interface RemovedDocument {
  readonly collection: string;
  /** The `_id` as canonical extended JSON. */
  readonly id: string;
  readonly reason: string;
}

/** A reference that led to a document before the release, or is new, and leads nowhere after it (rule N13). */
export interface DanglingReference {
  readonly collection: string;
  readonly id: string;
  readonly target: string;
  readonly why: "target-removed" | "new-reference";
}

/** References that can only be followed when all of the new version is known. */
export interface OpenReferences {
  /** Ids that documents of the source had and none of the part's has in their place. */
  readonly gone: readonly string[];
  /** References in changed documents that were not in them before. */
  readonly added: readonly { readonly collection: string; readonly id: string; readonly target: string }[];
}

/** What one pass found and did. Lists for people are bounded; totals are not. */
export interface ProcessReport {
  readonly collections: readonly CollectionChange[];
  /** Collections whose new version differs from the old: those that went to the sink. */
  readonly changed: readonly string[];
  /** Collections that some step looked into. */
  readonly touched: readonly string[];
  readonly created: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly deleted: readonly {
    readonly collection: string;
    readonly documents: number;
    readonly reason: string;
  }[];
  /** Collections that neither schema knows, with their documents: hashed, not judged. */
  readonly unjudged: readonly { readonly collection: string; readonly documents: number }[];
  /** The first `bound` of them; all of them in `reportFile`. */
  readonly invalid: readonly InvalidDocument[];
  readonly totals: {
    readonly documentsBefore: number;
    readonly documentsAfter: number;
    readonly invalidBefore: number;
    readonly madeInvalid: number;
    /** Invalid under the old schema before, valid under the new one after. */
    readonly mended: number;
    readonly removed: number;
    readonly dangling: number;
  };
  readonly removed: readonly RemovedDocument[];
  /** SHA-256 of `removedFile`, as hex, where `removed` does not hold all. */
  readonly removedFileHash?: string;
  readonly dangling: readonly DanglingReference[];
  /** Kinds of ids that the new version's documents have. */
  readonly idKinds: readonly string[];
  /** Of a part: what could not be followed in it. */
  readonly references?: OpenReferences;
  /** Where a person finds all invalid documents. */
  readonly reportFile: string;
}

/** How many documents of each list a report holds in memory and shows. */
export const bound = 200;
