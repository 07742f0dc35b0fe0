import { strict as assert } from "node:assert";
import { noParts, releaseInputs } from "../../lib/config/release-inputs";
import { secretKeysOf, withSecrets } from "../../lib/config/resolved-release";
import { parseStackConfig } from "../../lib/config/stack-config";
import { Refusal } from "../../lib/problem";
import { committedConfig } from "../components/program";

const digest = `sha256:${"5".repeat(64)}`;
const execution = {
  kind: "kubernetes",
  workers: 4,
  image: "engine",
  claim: "slipway-dumps",
  uri: { secret: "podUri" },
};

/** The dev stack's config with this execution, and the engine's image among its images. */
function configWith(changed: object, store?: object): Record<string, unknown> {
  const config = committedConfig("dev");
  const data = config["data"] as object;
  return {
    ...config,
    images: {
      ...(config["images"] as object),
      engine: { repository: "ghcr.io/acme/slipway", tag: "v1.0.0", digest },
    },
    data: { ...data, ...(store && { store }), execution: { ...execution, ...changed } },
  };
}

function refused(raw: Record<string, unknown>): readonly (readonly string[])[] {
  try {
    parseStackConfig(raw, "Pulumi.dev.yaml");
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return error.problems.map(({ where, allowed }) => [where, allowed]);
  }
  assert.fail("it was accepted");
}

describe("A data release on Kubernetes, in a stack file", () => {
  it("names an image of the stack, which the engine is told by its digest", () => {
    const config = parseStackConfig(configWith({}), "Pulumi.dev.yaml");
    const { execution: told } = releaseInputs(config, [{ name: "engine", digest }, ...allOf(config)], {
      steps: [],
      charts: {},
    });
    assert.deepEqual(told, {
      kind: "kubernetes",
      workers: 4,
      image: `ghcr.io/acme/slipway@${digest}`,
      claim: "slipway-dumps",
      uri: { kind: "config", key: "podUri" },
      resources: { cpu: "1", memory: "1Gi" },
      segment: 64,
      within: 21_600,
    });
  });

  it("X5: its secret travels with the release's others, and stands in none of its inputs", () => {
    const config = parseStackConfig(configWith({}), "Pulumi.dev.yaml");
    const inputs = releaseInputs(config, [{ name: "engine", digest }, ...allOf(config)], {
      steps: [],
      charts: {},
    });
    assert.ok(secretKeysOf(inputs).includes("podUri"));
    assert.doesNotMatch(JSON.stringify(inputs), /hunter2/);
    const known = withSecrets(inputs, { podUri: "mongodb://slipway:hunter2@db" });
    assert.deepEqual(known.execution?.uri, { kind: "value", value: "mongodb://slipway:hunter2@db" });
  });

  it("is refused with an image that is not there, with too little memory, and with PostgreSQL, all at once", () => {
    const postgresql = { kind: "postgresql", uri: { env: "A" }, databases: ["atmo"] };
    const resources = { cpu: "4", memory: "256Mi" };
    assert.deepEqual(refused(configWith({ image: "nothing", resources }, postgresql)), [
      ["slipway:data.execution.kind", "none with a PostgreSQL store: its own server does the work"],
      ["slipway:data.execution.image", "one of slipway:images (fastapi, dagster, engine)"],
      [
        "slipway:data.execution.resources.memory",
        "at least 430Mi: 170 MiB, and 65 MiB for each of 4 threads",
      ],
    ]);
  });

  it("takes a bucket instead of a claim, whose key is a secret; PostgreSQL's dumps stay in a folder", () => {
    const bucket = { name: "acme-releases", keyId: { env: "KEY_ID" }, key: { secret: "dumpKey" } };
    const dump = { keep: "dumps", bucket };
    const raw = withDump(configWith({ claim: undefined }), dump);
    const inputs = releaseInputs(
      parseStackConfig(raw, "Pulumi.dev.yaml"),
      [{ name: "engine", digest }],
      noParts,
    );
    assert.deepEqual(secretKeysOf(inputs), ["podUri", "dumpKey"]);
    const known = withSecrets(inputs, { podUri: "mongodb://db", dumpKey: "hunter2" });
    assert.deepEqual(known.dump.bucket?.key, { kind: "value", value: "hunter2" });
    assert.deepEqual(refused(configWith({ claim: undefined })), [
      ["slipway:data.execution.claim", "the claim of the volume that dump.keep lies on, or dump.bucket"],
    ]);
    const store = { kind: "postgresql", uri: { env: "A" }, databases: ["atmo"] };
    assert.deepEqual(refused(withDump(configWith({}, store), dump)), [
      [
        "slipway:data.dump.bucket",
        "a folder with a PostgreSQL store: pg_dump writes files, which pg_restore reads; copy them to a bucket afterwards",
      ],
      ["slipway:data.execution.kind", "none with a PostgreSQL store: its own server does the work"],
    ]);
  });
});

function withDump(raw: Record<string, unknown>, dump: object): Record<string, unknown> {
  return { ...raw, data: { ...(raw["data"] as object), dump } };
}

function allOf({ images }: ReturnType<typeof parseStackConfig>): { name: string; digest: string }[] {
  return Object.keys(images)
    .filter((name) => name !== "engine")
    .map((name) => ({ name, digest }));
}
