import type { SecretSource, StoreSpec } from "../data/protocol";
import type { SecretConfig } from "./secrets";
import type { StackConfig } from "./stack-config";

/** The store of a stack file as the engine is told of it; names of secrets, no values. */
export function storeSpec({ system, environment, data: { store } }: StackConfig): StoreSpec {
  const access = {
    uri: secretSource(store.uri),
    ...(store.canary && { canary: secretSource(store.canary) }),
  };
  switch (store.kind) {
    case "mongodb":
      return { kind: store.kind, ...access, database: store.database, closeWrites: store.closeWrites };
    case "postgresql":
      return {
        kind: store.kind,
        ...access,
        databases: store.databases,
        ...(store.names && { names: store.names }),
        journal: store.journal ?? journalName(system, environment),
        closeWrites: store.closeWrites,
        jobs: store.jobs,
        ...(store.load && { load: store.load }),
      };
  }
}

/** Where the engine reads a secret from, as the stack file says it. */
export function secretSource(config: SecretConfig): SecretSource {
  if (config === "embedded") return { kind: "embedded" };
  return "env" in config ? { kind: "env", name: config.env } : { kind: "config", key: config.secret };
}

/** Example: `slipway_atmosphere_prod`. */
function journalName(system: string, environment: string): string {
  return `slipway_${system}_${environment}`.replaceAll(/[^a-z0-9_]/g, "_").slice(0, 63);
}
