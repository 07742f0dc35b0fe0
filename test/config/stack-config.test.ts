import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { policyOf } from "../../lib/config/gates-policy";
import { parseStackConfig, stackFileJsonSchema } from "../../lib/config/stack-config";
import type { Refusal } from "../../lib/problem";
import { committedConfig } from "../components/program";
import { refusalBy } from "../refusal";

const docs = join(__dirname, "..", "..", "docs");

/** The dev stack's config with some keys replaced. */
function devWith(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...committedConfig("dev"), ...changes };
}

function refused(raw: Readonly<Record<string, unknown>>): Refusal {
  return refusalBy(() => parseStackConfig(raw, "Pulumi.dev.yaml"));
}

describe("stack config", () => {
  for (const environment of ["dev", "staging", "prod"]) {
    it(`accepts the committed Pulumi.${environment}.yaml`, () => {
      const config = parseStackConfig(committedConfig(environment), `Pulumi.${environment}.yaml`);
      assert.equal(config.environment, environment);
      assert.deepEqual(Object.keys(config.services), ["runtime-api", "dagster-daemon", "dagster-dagit"]);
    });
  }

  it("has the gates of NMDC where users' data are, and only the pins' gate in dev", () => {
    const gates = Object.fromEntries(
      ["dev", "staging", "prod"].map((environment) => {
        const config = parseStackConfig(committedConfig(environment), `Pulumi.${environment}.yaml`);
        return [environment, policyOf(config).gates];
      }),
    );
    assert.deepEqual(gates, {
      dev: ["X1"],
      staging: ["X1", "N4", "N5", "N8", "N7", "N1", "N2", "H16"],
      prod: ["X1", "N4", "N5", "N8", "N7", "N1", "N2", "N3", "H16", "F15", "W2", "W3", "W4", "H3"],
    });
  });

  it("X4: reports five mistakes at once, each with its key, what was found, what is allowed and the file to edit", () => {
    const images = committedConfig("dev")["images"] as Record<string, object>;
    const refusal = refused(
      devWith({
        relase: "v2.19.0",
        release: "",
        images: { ...images, dagster: { ...images["dagster"], digest: "sha256:abc" } },
        cluster: { kind: "embeded", namespace: "nmdc-dev" },
        services: { api: { image: "fast-api", port: "80" } },
      }),
    );
    assert.equal(
      refusal.message,
      [
        "Pulumi.dev.yaml: 5 problems",
        '  - slipway:release: found ""; allowed: at least 1 character. Mend: edit Pulumi.dev.yaml',
        '  - slipway:cluster.kind: found "embeded"; allowed: one of embedded, context. Mend: edit Pulumi.dev.yaml',
        '  - slipway:images.dagster.digest: found "sha256:abc"; allowed: sha256: and 64 hexadecimal digits, as the registry gives it. Mend: edit Pulumi.dev.yaml',
        '  - slipway:services.api.port: found "80"; allowed: a number. Mend: edit Pulumi.dev.yaml',
        '  - slipway:relase: found "v2.19.0"; allowed: no such key (is it misspelt?). Mend: edit Pulumi.dev.yaml',
      ].join("\n"),
    );
  });

  it("X4: one mistake does not hide a contradiction elsewhere", () => {
    const services = { api: { image: "fast-api", port: 80 } };
    const { problems } = refused(devWith({ release: "", services }));
    assert.deepEqual(
      problems.map(({ where }) => where),
      ["slipway:release", "slipway:services.api.image", "slipway:verification.answers.0.service"],
    );
  });

  it("N4: refuses a moving tag in production, and takes the same tag in staging", () => {
    const staging = committedConfig("staging");
    const images = staging["images"] as Record<string, object>;
    const moving = { ...staging, images: { ...images, fastapi: { ...images["fastapi"], tag: "prod" } } };
    assert.equal(parseStackConfig(moving, "Pulumi.staging.yaml").images["fastapi"]?.tag, "prod");
    const { problems } = refused({ ...moving, grade: "production" });
    assert.deepEqual(
      problems.map(({ where, found }) => [where, found]),
      [["slipway:images.fastapi.tag", '"prod"']],
    );
  });

  it("X1: refuses an image without digest, and a build outside development", () => {
    const images = {
      fastapi: { repository: "r/fastapi", tag: "v1" },
      dagster: { repository: "r/d", tag: "v1", build: { context: "." } },
    };
    const { problems } = refused(devWith({ grade: "staging", images }));
    assert.deepEqual(
      problems.map(({ where }) => where),
      ["slipway:images.fastapi.digest", "slipway:images.dagster.build"],
    );
  });

  it("X5: takes no secret in clear, and never prints one", () => {
    const data = committedConfig("dev")["data"] as { store: object };
    const clear = "mongodb://slipway:hunter2@db/nmdc";
    const refusal = refused(devWith({ data: { ...data, store: { ...data.store, uri: clear } } }));
    assert.deepEqual(
      refusal.problems.map(({ where }) => where),
      ["slipway:data.store.uri"],
    );
    assert.ok(!refusal.message.includes("hunter2"));
  });

  it("X5: takes no secret in clear in a service's environment, by its form or by its variable's name", () => {
    const services = committedConfig("dev")["services"] as { readonly "runtime-api": object };
    const env = { MONGO_URI: "mongodb://nmdc:hunter2@db/nmdc", API_KEY: "0123456789", LOG_LEVEL: "info" };
    const refusal = refused(
      devWith({ services: { ...services, "runtime-api": { ...services["runtime-api"], env } } }),
    );
    assert.deepEqual(
      refusal.problems.map(({ where }) => where),
      ["slipway:services.runtime-api.env.MONGO_URI", "slipway:services.runtime-api.env.API_KEY"],
    );
    assert.match(refusal.message, /of a Kubernetes Secret/);
    assert.ok(!refusal.message.includes("hunter2") && !refusal.message.includes("0123456789"));
  });

  it("takes the secret keys that the config refers to, and no other unknown key", () => {
    const prod = committedConfig("prod");
    const parsed = parseStackConfig(
      { ...prod, releaseMongoUri: "a secret", runtimeMongoUri: "a secret" },
      "Pulumi.prod.yaml",
    );
    assert.ok(!("releaseMongoUri" in parsed));
    const { problems } = refused({ ...committedConfig("dev"), releaseMongoUri: "a secret" });
    assert.deepEqual(
      problems.map(({ where }) => where),
      ["slipway:releaseMongoUri"],
    );
  });

  it("has a JSON Schema for editors, kept in docs by `slipway schema`", () => {
    const kept = JSON.parse(readFileSync(join(docs, "stack-file.schema.json"), "utf8")) as object;
    assert.deepEqual(kept, JSON.parse(JSON.stringify(stackFileJsonSchema())));
  });
});
