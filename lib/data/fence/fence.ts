import type { Json } from "../../content-hash";

/** How writes were closed, and what was there before: saved before anything is changed, so that exactly that comes back. */
export interface SavedFence {
  readonly how: "writeBlock" | "roles" | "readOnly" | "connections" | "scale";
  /** The prior state, in the fence's own terms. */
  readonly saved: Json;
  /** Whether a canary of an ordinary writer proved it. */
  readonly proved: boolean;
}

/** One way to keep ordinary writers out while readers go on (rule N10). */
export interface Fence {
  readonly how: SavedFence["how"];
  /** Read-only: whether it can work here; if not, why, for people. */
  probe(): Promise<Probe>;
  /** Keeps ordinary writers out. Idempotent. @throws Refusal when what was saved no longer holds. */
  close(saved: Json): Promise<void>;
  /** Restores exactly what was saved. Idempotent. @throws Refusal when somebody else changed it meanwhile. */
  open(saved: Json): Promise<void>;
}

export type Probe =
  { readonly works: true; readonly saved: Json } | { readonly works: false; readonly reason: string };
