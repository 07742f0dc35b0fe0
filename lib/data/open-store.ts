import type { DataStore } from "./conductor/data-store";
import type { StoreSpec } from "./protocol";
import type { Secrets } from "./secrets";

/** Opens the store that a release owns; each kind is loaded only where it is asked for. @throws Refusal when it can't be reached. */
export async function openStore(spec: StoreSpec, secrets: Secrets): Promise<DataStore> {
  switch (spec.kind) {
    case "mongodb": {
      const { MongoDataStore } = await import("./store/mongo-data-store");
      return MongoDataStore.open(spec, secrets);
    }
    case "postgresql": {
      const { PostgresDataStore } = await import("./postgresql/postgres-data-store");
      return PostgresDataStore.open(spec, secrets);
    }
  }
}
