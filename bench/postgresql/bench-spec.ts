import { join } from "node:path";
import type { ReleaseSpec } from "../../lib/data/protocol";
import { packageRoot } from "../../lib/package-root";
import { benchRelease } from "../bench-release";
import type { BenchServer } from "./bench-server";

/** Tables that are dumped, restored and hashed at the same time: the stack file's default. */
export const jobs = 2;

/** The release of the bench's database onto a version. */
export function benchSpec(server: BenchServer, version: string, dumps: string): ReleaseSpec {
  return {
    ...benchRelease(version, dumps),
    system: "bench",
    store: {
      kind: "postgresql",
      uri: { kind: "value", value: server.uri("slipway", "postgres") },
      canary: { kind: "value", value: server.uri("runtime", "postgres") },
      databases: [server.database],
      journal: "slipway_bench",
      closeWrites: "strongest",
      jobs,
    },
    schema: { package: "bench", version },
    migrations: join(packageRoot(), "bench", "postgresql", "migrations"),
  };
}
