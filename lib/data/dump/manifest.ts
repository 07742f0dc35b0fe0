import type { Document } from "mongodb";

/** A contiguous piece of a dump's `.bson` file; whole documents. */
export interface Segment {
  readonly offset: number;
  readonly bytes: number;
  readonly documents: number;
  readonly sha256: string;
}

/** One collection of a dump. */
export interface DumpedCollection {
  readonly collection: string;
  /** Relative to the record's place in the storage. */
  readonly file: string;
  readonly documents: number;
  readonly bytes: number;
  /** Order-free content hash. */
  readonly hash: string;
  readonly segments: readonly Segment[];
  /** As the server described them; in the `.metadata.json` too, where `mongorestore` reads them. */
  readonly options: Document;
  readonly indexes: readonly Document[];
}

/** Written last of all: a dump without it is none. */
export const manifestFile = "manifest.json";

/** `manifest.json` of a dump: what a dump must be, byte for byte (rule N11). */
export interface DumpManifest {
  readonly format: 1;
  readonly record: string;
  readonly database: string;
  readonly at: string;
  readonly server: string;
  readonly collections: readonly DumpedCollection[];
  readonly views: readonly { readonly name: string; readonly options: Document }[];
}
