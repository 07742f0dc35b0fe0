import type { SecretSource } from "./store-spec";

/** Pods of the release's cluster that do the work on the data; absent, the engine does it all by itself. */
export interface ExecutionSpec {
  readonly kind: "kubernetes";
  /** Pods at work at the same time. Example: 4. */
  readonly workers: number;
  /** The engine's image, pinned. Example: `ghcr.io/acme/slipway-engine:v1@sha256:…`. */
  readonly image: string;
  /** Name of the claim whose volume `dump.keep` lies on, where that is a folder; workers mount it at that very path. */
  readonly claim?: string | undefined;
  /** The connection string of the release's own user as pods must use it. Default: the store's. */
  readonly uri?: SecretSource;
  /** What each pod asks for and may take. Example: `{ cpu: "1", memory: "1Gi" }`. */
  readonly resources: { readonly cpu: string; readonly memory: string };
  /** How large an immutable piece of work is about, in MiB. Example: 64. */
  readonly segment: number;
  /** Seconds after which a stage that has not ended is given up. Example: 21600. */
  readonly within: number;
}
