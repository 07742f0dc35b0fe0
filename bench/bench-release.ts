import type { ReleaseSpec } from "../lib/data/protocol";

/** A bench's release onto a version, whatever its store. */
export function benchRelease(
  version: string,
  dumps: string,
): Omit<ReleaseSpec, "system" | "store" | "schema" | "migrations"> {
  return {
    environment: "bench",
    release: `v${version}`,
    hash: `sha256:${version}`,
    operator: "bench",
    images: [],
    reopen: "after-rollout",
    confirmWithin: 600,
    dump: { keep: dumps },
    keep: { releases: 1 },
  };
}
