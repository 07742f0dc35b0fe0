import { join } from "node:path";
import type { ReleaseSpec } from "../../lib/data/protocol";
import { packageRoot } from "../../lib/package-root";
import { benchRelease } from "../bench-release";
import type { BenchDatabase } from "./bench-database";

/** The release of the bench's data onto a schema version. */
export function benchSpec(database: BenchDatabase, version: string, dumps: string): ReleaseSpec {
  return {
    ...benchRelease(version, dumps),
    system: "nmdc",
    store: {
      kind: "mongodb",
      uri: { kind: "value", value: database.server.uri("slipway") },
      canary: { kind: "value", value: database.server.uri("runtime") },
      database: database.name,
      closeWrites: "writeBlock",
    },
    schema: { package: "nmdc-schema", version },
    migrations: join(packageRoot(), "migrations"),
  };
}
