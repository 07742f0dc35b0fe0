import { strict as assert } from "node:assert";
import { noParts, type ReleaseInputs, releaseInputs } from "../../lib/config/release-inputs";
import { withPaths, withSecrets } from "../../lib/config/resolved-release";
import { parseStackConfig } from "../../lib/config/stack-config";
import type { StoreSpec } from "../../lib/data/protocol";
import { committedConfig } from "../components/program";
import { refusalBy } from "../refusal";

const atmosphere = {
  kind: "postgresql",
  uri: { secret: "releaseUri" },
  canary: { env: "ATMO_URI" },
  databases: ["atmo_prod", "troposphere"],
};

/** The dev stack's config with this store. */
function withStore(store: object): Record<string, unknown> {
  const data = committedConfig("dev")["data"] as object;
  return { ...committedConfig("dev"), data: { ...data, store } };
}

/** The release of the dev stack with this store. */
function inputsOf(store: object): ReleaseInputs {
  return releaseInputs(parseStackConfig(withStore(store), "Pulumi.dev.yaml"), [], noParts);
}

/** What the engine is told of this store. */
function specOf(store: object): StoreSpec {
  return inputsOf(store).store;
}

/** Where a store is refused, and what is allowed there. */
function refused(store: object): readonly (readonly string[])[] {
  return refusalBy(() => specOf(store)).problems.map(({ where, allowed }) => [where, allowed]);
}

describe("A PostgreSQL store of a stack", () => {
  it("names the databases that are released together; everything else has a default", () => {
    assert.deepEqual(specOf(atmosphere), {
      kind: "postgresql",
      uri: { kind: "config", key: "releaseUri" },
      canary: { kind: "env", name: "ATMO_URI" },
      databases: ["atmo_prod", "troposphere"],
      journal: "slipway_nmdc_runtime_dev",
      closeWrites: "strongest",
      jobs: 2,
    });
  });

  it("A11: finds the dumps of a first deployment beside Pulumi.yaml", () => {
    const inputs = inputsOf({ ...atmosphere, load: { troposphere: "dumps/troposphere.sql" } });
    const { load } = withPaths(inputs, (path) => `/project/${path}`).store as { load?: object };
    assert.deepEqual(load, { troposphere: "/project/dumps/troposphere.sql" });
  });

  it("X5: gets the values of its secrets only on the engine's way in", () => {
    const inputs = inputsOf(atmosphere);
    assert.ok(!JSON.stringify(inputs).includes("hunter2"));
    const { store } = withSecrets(inputs, { releaseUri: "postgresql://slipway:hunter2@db/postgres" });
    assert.deepEqual(store.uri, { kind: "value", value: "postgresql://slipway:hunter2@db/postgres" });
  });

  it("X4: is refused with everything that does not fit together", () => {
    assert.deepEqual(
      refused({
        ...atmosphere,
        databases: ["atmo_prod", "atmo_prod"],
        journal: "atmo_prod",
        names: { troposphere: "tropo_beta" },
        load: { troposphere: "a.sql" },
      }),
      [
        ["slipway:data.store.databases", "each database once"],
        ["slipway:data.store.journal", "a database of its own, which no release moves"],
        ["slipway:data.store.names.troposphere", "one of databases (atmo_prod, atmo_prod)"],
        ["slipway:data.store.load.troposphere", "one of databases (atmo_prod, atmo_prod)"],
      ],
    );
    const long = refused({ ...atmosphere, databases: ["x".repeat(46)], closeWrites: "writeBlock" });
    assert.deepEqual(
      long.map(([where]) => where),
      ["slipway:data.store.databases.0", "slipway:data.store.closeWrites"],
    );
  });
});
