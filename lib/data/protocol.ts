/**
 * The seam of the data engine: one JSON spec in on standard input, one JSON event per line out (NDJSON).
 * Whoever starts the engine (the dynamic provider, the command line, a Kubernetes Job) speaks only this.
 */
import type { Problem } from "../problem";
import type { DataPlan } from "./preview/data-plan";
import type { ReleaseSpec } from "./release-spec";

export type * from "./execution-spec";
export type * from "./release-spec";
export type * from "./store-spec";

/** What the engine is asked to do. */
export type EngineRequest =
  /** Runs the release up to "in place", then waits for `confirm`; undone when standard input closes without one. */
  | { readonly do: "release"; readonly spec: ReleaseSpec }
  /** The code has rolled out, ahead of the data (`order: code-first`): switch the data; answered by "in-place". */
  | { readonly do: "switch"; readonly spec: ReleaseSpec }
  /** The roll-out is verified: open writes and close the record. Finishes the release itself where its owner is gone. */
  | { readonly do: "confirm"; readonly spec: ReleaseSpec }
  /** Read-only: what the release would do, on the data as it is. */
  | { readonly do: "plan"; readonly spec: ReleaseSpec }
  /** Read-only: what the database's journal says. */
  | { readonly do: "status"; readonly spec: ReleaseSpec }
  /** Read-only: every closed record, oldest first. */
  | { readonly do: "records"; readonly spec: ReleaseSpec }
  /** Finishes or undoes what a dead owner left, by the journal alone. */
  | { readonly do: "resume"; readonly spec: ReleaseSpec }
  | { readonly do: "abort"; readonly spec: ReleaseSpec }
  /** Goes back behind the last release that stands, data and images, without Pulumi (rule N18). */
  | { readonly do: "rollback"; readonly spec: ReleaseSpec }
  /** Stays until the release is over, and goes on with it when its owner has died (a guardian's work). */
  | { readonly do: "guard"; readonly spec: ReleaseSpec }
  /** Drops originals of releases older than `keep.releases`, and staging that was left. */
  | { readonly do: "clean"; readonly spec: ReleaseSpec };

/** The stages of a data release, in order. */
export const stages = [
  "plan",
  "lock",
  "rehearse",
  "close-writes",
  "dump",
  "migrate",
  "validate",
  "load",
  "verify",
  "swap",
  "check",
  "roll-out",
  "re-open",
  "clean",
] as const;
export type Stage = (typeof stages)[number];

/** Counts of one collection over a release. */
export interface CollectionChange {
  /** Of PostgreSQL: a table. Example: `atmo_prod.public.instance`. */
  readonly collection: string;
  /** Of PostgreSQL: the database that the table lies in, which changes places as a whole. */
  readonly database?: string;
  readonly documentsBefore: number;
  readonly documentsAfter: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Order-free content hash: the sum modulo 2^256 of the SHA-256 of every document's bytes, as hex. */
  readonly hashBefore: string;
  readonly hashAfter: string;
}

/** A document that does not obey its schema (rule N13). */
export interface InvalidDocument {
  readonly collection: string;
  /** The `_id` as canonical extended JSON, and the `id` field where there is one. */
  readonly id: string;
  /** JSON pointer into the document. */
  readonly pointer: string;
  /** The schema's rule that it breaks. Example: `enum: must be one of …`. */
  readonly rule: string;
  readonly verdict: "invalid-before" | "made-invalid";
}

/** What a release leaves behind, whatever its outcome (rule N17). */
export interface ReleaseRecordData {
  readonly id: string;
  readonly system: string;
  readonly environment: string;
  readonly release: string;
  readonly hash: string;
  readonly operator: string;
  readonly openedAt: string;
  readonly closedAt?: string;
  readonly outcome: "open" | "released" | "rolled-back" | "failed";
  readonly reason?: string;
  readonly schema: { readonly package: string; readonly from: string; readonly to: string };
  readonly images: readonly { readonly name: string; readonly from?: string; readonly to: string }[];
  readonly migrations: readonly { readonly id: string; readonly hash: string }[];
  readonly collections: readonly CollectionChange[];
  /** Milliseconds per stage. */
  readonly durations: Partial<Record<Stage, number>>;
  /** Milliseconds for which writers were refused. */
  readonly closedFor?: number;
  /** Minutes for which it went on after its deadline, its data being switched by then (rule F19). */
  readonly overranMinutes?: number;
  /** The attempt that a guardian stayed for, where the release had one. */
  readonly guardian?: string;
}

/** What holds in the database now, read from the journal. */
export interface DataStatus {
  /** The schema that the data has, or undefined before the first release. */
  readonly schema?: string;
  /** Content hash of the last release that stands. */
  readonly hash?: string;
  readonly writes: "open" | "closed" | "in-doubt";
  /** The release under way or left behind by a dead owner. */
  readonly open?: {
    readonly id: string;
    readonly release: string;
    readonly stage: Stage;
    readonly ownerAlive: boolean;
    /** Whether a guardian in the cluster is on watch, and will act by itself. */
    readonly guarded?: boolean;
  };
  /** The last record, whatever its outcome. */
  readonly last?: ReleaseRecordData;
  /** The command that comes next, or undefined when there is nothing to do. */
  readonly next?: string;
}

export type EngineEvent =
  | { readonly event: "stage"; readonly stage: Stage; readonly at: string; readonly says: string }
  | {
      readonly event: "progress";
      readonly stage: Stage;
      readonly done: number;
      readonly total: number;
      readonly unit: string;
    }
  | { readonly event: "warning"; readonly says: string }
  /** Everything is staged, verified and closed; the data is switched when the code has rolled out (`order: code-first`). */
  | { readonly event: "ready"; readonly record: ReleaseRecordData }
  /** The data is in its new place and checked; writes are closed where `reopen` is `after-rollout`. */
  | { readonly event: "in-place"; readonly record: ReleaseRecordData }
  /** The release is over: confirmed, undone or failed. Last event but `failed`. */
  | { readonly event: "closed"; readonly record: ReleaseRecordData }
  | { readonly event: "plan"; readonly plan: DataPlan }
  | { readonly event: "status"; readonly status: DataStatus }
  | { readonly event: "records"; readonly records: readonly ReleaseRecordData[] }
  /** Last event of a run that did not do what was asked. The old data is whole; `says` is fit to print. */
  | { readonly event: "failed"; readonly says: string; readonly problems: readonly Problem[] };
