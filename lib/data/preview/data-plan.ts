import type { Problem } from "../../problem";
import type { CollectionChange, DataStatus, InvalidDocument, RollOutOrder } from "../protocol";

/** What a release would do to the data; shown by `pulumi preview`, made without writing anything (rule X2). */
export interface DataPlan {
  readonly schema: { readonly from: string; readonly to: string };
  readonly migrations: readonly { readonly id: string; readonly hash: string }[];
  /** What runs now, as the last release that stands left it, and what will. */
  readonly images: readonly { readonly name: string; readonly from?: string; readonly to: string }[];
  /** Collections that come back by renames, on the way back to a version whose originals are kept (rule N18). */
  readonly comesBack?: {
    readonly collections: readonly string[];
    /** Whether users' writes since were looked for: large collections are looked through by the release only. */
    readonly looked: boolean;
  };
  /** What changes first. */
  readonly order: RollOutOrder;
  /** A release that is still open, or that a dead owner left: it comes first. */
  readonly open?: NonNullable<DataStatus["open"]>;
  /** How many documents the run was made over, of how many; and which. */
  readonly tried: { readonly documents: number; readonly of: number } & PlanExtent;
  readonly collections: readonly PlannedCollection[];
  /** Invalid documents among those that were tried: under the old schema before, where it can judge; under the new one after. */
  readonly validity: { readonly before?: number; readonly after: number };
  readonly invalid: readonly InvalidDocument[];
  readonly examples: readonly ExampleChange[];
  readonly problems: readonly Problem[];
}

export type PlanExtent =
  | { readonly over: "everything" }
  /** The dump of an attempt that was taken back, with the data as it was then. */
  | { readonly over: "dump"; readonly record: string; readonly at: string }
  /** So many of each collection, each set of them as likely as any other. */
  | { readonly over: "sample"; readonly ofEach: number }
  /** Nothing could be tried, and why; what there is, as far as that can be told without reading it. */
  | { readonly over: "nothing"; readonly why: string; readonly estimates: readonly EstimatedCollection[] };

/** What is known of a collection or a table that nothing was tried on. */
export interface EstimatedCollection {
  readonly collection: string;
  /** About how many. */
  readonly documents: number;
  readonly bytes: number;
  /** Whether the migration reads, writes or alters it, as far as a copy without rows tells; absent where nobody knows. */
  readonly touched?: boolean;
}

/** What the run did to one collection, as far as it was tried. */
export interface PlannedCollection extends Pick<
  CollectionChange,
  "collection" | "added" | "changed" | "removed" | "documentsBefore"
> {
  /** How many of `documentsBefore` were tried. */
  readonly tried: number;
  /** Invalid after the run. */
  readonly invalid: number;
  readonly fields: readonly TouchedField[];
  /** Where not all were tried: the largest share of invalid documents in the whole that fits the sample, at 95 %. */
  readonly invalidAtMost?: number;
}

/** A field in which documents differ, by its JSON pointer with `*` for every index of an array. */
export interface TouchedField {
  readonly pointer: string;
  readonly how: "added" | "removed" | "changed";
  readonly documents: number;
}

/** One document before and after, touched fields only; values that look like secrets are masked, long ones cut. */
export interface ExampleChange {
  readonly collection: string;
  /** The `_id` as canonical extended JSON. */
  readonly id: string;
  readonly fields: readonly {
    readonly pointer: string;
    readonly how: TouchedField["how"];
    readonly before?: string;
    readonly after?: string;
  }[];
  /** Fields that were left out. */
  readonly more: number;
}
