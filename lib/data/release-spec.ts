import type { BucketSpec } from "./dump/bucket-spec";
import type { ExecutionSpec } from "./execution-spec";
import type { SecretSource, StoreSpec } from "./store-spec";

/** What changes first: the data, and then the code that needs it; or the other way round. */
export type RollOutOrder = "data-first" | "code-first";

/** The workloads that belong to the release; the engine puts their old images back when the release is taken back. */
export interface ClusterSpec {
  /**
   * The kubeconfig: a file, an environment variable that holds a file's path, a secret's text, or the embedded environment's;
   * `in-cluster` for whoever runs as a pod, with that pod's own account.
   */
  readonly kubeconfig: SecretSource | { readonly kind: "in-cluster" };
  readonly context?: string;
  readonly namespace: string;
  readonly workloads: readonly WorkloadSpec[];
}

/** One workload of the release. */
export interface WorkloadSpec {
  readonly kind: "Deployment" | "StatefulSet";
  readonly name: string;
  /** Workloads whose other image restarts this one too (rule H19). */
  readonly restartsWith?: readonly string[];
}

/** One image of the release, pinned. */
export interface ImageSpec {
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
}

/** Ways to tell people of a release; a webhook's address is a secret, so only its variable is named. */
export interface TellSpec {
  readonly webhook?: { readonly env: string } | undefined;
  readonly command?: readonly string[] | undefined;
  /** The repository whose release ticket is told of a failure (rule F17). */
  readonly ticket?: TicketForgeSpec | undefined;
}

/** A forge's repository, and the variable with its token. */
export interface TicketForgeSpec {
  readonly kind: "github" | "gitlab";
  readonly project: string;
  readonly api?: string | undefined;
  readonly token?: { readonly env: string } | undefined;
}

/** A guardian of a release: a Job in the cluster that takes it back when whoever releases has died. */
export interface GuardianSpec {
  /** Tells this attempt at the release from others: the newest record at its begin. Example: `dev-v2.18.0-7`. */
  readonly attempt: string;
  /** Seconds that it may take to its post. Example: 120. */
  readonly readyWithin: number;
}

/** Where dumps stay. */
export interface DumpSpec {
  /** A folder, absolute; with a bucket, what the names in it begin with. */
  readonly keep: string;
  readonly bucket?: BucketSpec;
  readonly retain?: number | undefined;
}

/** What one release is: all that the engine needs, nothing that it must look up in Pulumi. */
export interface ReleaseSpec {
  readonly system: string;
  readonly environment: string;
  /** The release's version, as its people write it. Example: `v2.19.0`. */
  readonly release: string;
  /** Content hash over all that is released: version, images, schema, migrations, cluster names (see `lib/release`). */
  readonly hash: string;
  /** Who releases. Example: `ana`. */
  readonly operator: string;
  readonly images: readonly ImageSpec[];
  readonly cluster?: ClusterSpec;
  readonly store: StoreSpec;
  /** The schema that the data must have after the release. */
  readonly schema: { readonly package: string; readonly version: string };
  /** Folder of the migration list, absolute. */
  readonly migrations: string;
  /** `code-first`: the code rolls out before the data is switched; so on every way back (rules N16, N18). Default: `data-first`. */
  readonly order?: RollOutOrder;
  /** `after-rollout`: nobody writes to new data through old code (the default, rule N15). */
  readonly reopen: "after-rollout" | "before-rollout";
  /** Seconds that the engine waits for the roll-out's confirmation before it takes the release back. */
  readonly confirmWithin: number;
  /**
   * The latest instant at which writes may be closed and the data switched, ISO 8601 (rule F19): later the release is taken
   * back; once the data is switched it goes on to its end. It says when, not what: the hash does not know it. Default: none.
   */
  readonly deadline?: string | undefined;
  /** Where the work on the data is done; the hash does not know it. Default: in the engine's own process. */
  readonly execution?: ExecutionSpec;
  /** Where dumps stay, and of how many releases; of all where that is absent. */
  readonly dump: DumpSpec;
  /** Originals stay in the database for the last `releases` releases (rule N18). */
  readonly keep: { readonly releases: number };
  /** Users' writes since the last release may be lost by a way back (rule N18): the release whose loss is accepted. */
  readonly acceptLossSince?: string;
  /**
   * The guardian that must be on watch before writes are closed, and outlives whoever releases; the hash does not know it. Default:
   * none is waited for.
   */
  readonly guardian?: GuardianSpec | undefined;
  /** Who is told that it started, failed or is ready (rule F26); the hash does not know it. Default: nobody. */
  readonly tell?: TellSpec;
}
