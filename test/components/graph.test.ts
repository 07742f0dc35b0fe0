import { strict as assert } from "node:assert";
import { type Registered, committedConfig, runProgram, secrets } from "./program";

const environments = ["dev", "staging", "prod"] as const;

/** Every opt-in that a stack file knows, on. */
function withEveryOptIn(environment: (typeof environments)[number]): Record<string, unknown> {
  const config = committedConfig(environment);
  const images = config["images"] as Record<string, Record<string, unknown>>;
  const build = { context: "../nmdc-runtime", target: "fastapi", args: { PYTHON: "3.10" } };
  return {
    ...config,
    ...(environment === "dev" && {
      images: { ...images, fastapi: { ...images["fastapi"], digest: undefined, build } },
    }),
    verification: { ...(config["verification"] as object), smoke: { command: "make test" } },
    notes: { repository: "microbiomedata/nmdc-runtime", commitish: "main" },
    releaseMongoUri: secrets.releaseMongoUri,
    runtimeMongoUri: secrets.runtimeMongoUri,
  };
}

for (const environment of environments) {
  describe(`the graph of the ${environment} stack, every opt-in on`, () => {
    let graph: readonly Registered[];
    before(async () => {
      graph = await runProgram(environment, keysInUse(environment));
    });

    it("holds the release plan's resources, by type and name", () => {
      const listed = graph.map(({ type, name }) => `${type} ${name}`).sort();
      assert.deepEqual(listed, expectedResources(environment));
    });

    it("puts every child under the component that it is named after", () => {
      for (const { type, name, parent } of graph.filter((resource) => resource.custom)) {
        const topLevel = /dynamic\/slipway:(DataMigration|ReleaseRecord)$/.test(type);
        if (topLevel) continue;
        const parentName = parent?.split("::").at(-1) ?? "";
        assert.ok(name.startsWith(`${parentName}-`), `${name} stands under ${parentName}`);
      }
    });

    it("N16: rolls the workloads only after the data migration, verifies after the workloads, closes the record last", () => {
      const data = only(graph, /:DataMigration$/);
      const workloads = graph.filter(({ type }) => /^kubernetes:apps/.test(type));
      const running = only(graph, /:RunningSystem$/);
      const record = only(graph, /:ReleaseRecord$/);
      assert.equal(workloads.length, 3);
      for (const workload of workloads)
        assert.ok(workload.dependencies.includes(data.urn), `${workload.name} waits for the data`);
      for (const workload of workloads)
        assert.ok(running.dependencies.includes(workload.urn), `verified after ${workload.name}`);
      assert.ok(record.dependencies.includes(running.urn), "the record waits for the verification");
    });

    it("N4, X1: runs every image by its digest", () => {
      const images = graph
        .filter(({ type }) => /^kubernetes:apps/.test(type))
        .map(({ inputs }) => (inputs["spec"] as PodOwner).template.spec.containers[0]?.image ?? "");
      for (const image of images) assert.match(image, /:v2\.18\.0@sha256:[0-9a-f]{64}$/);
    });

    it("X5: holds no secret in clear", () => {
      for (const { type, name, inputs } of graph) {
        const clear = JSON.stringify(withoutSecrets(inputs));
        for (const secret of Object.values(secrets))
          assert.ok(!clear.includes(secret), `${type} ${name} holds a secret in clear`);
      }
    });
  });
}

interface PodOwner {
  readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
}

/** Only what the stack refers to may stand in its file: dev and staging name no secret config key. */
function keysInUse(environment: (typeof environments)[number]): Record<string, unknown> {
  const { releaseMongoUri, runtimeMongoUri, ...config } = withEveryOptIn(environment);
  return environment === "prod" ? { ...config, releaseMongoUri, runtimeMongoUri } : config;
}

function expectedResources(environment: (typeof environments)[number]): readonly string[] {
  const image = (name: string): readonly string[] =>
    environment === "dev" && name === "fastapi"
      ? [`docker:index/image:Image ${name}-image`, `slipway:index:ImageBuild ${name}`]
      : [`slipway:index:PinnedImage ${name}`];
  const workload = (name: string, serves: boolean): readonly string[] => [
    `kubernetes:apps/v1:Deployment ${name}-deployment`,
    ...(serves ? [`kubernetes:core/v1:Service ${name}-service`] : []),
    `slipway:index:Workload ${name}`,
  ];
  return [
    "pulumi:pulumi:Stack nmdc-runtime-" + environment,
    "slipway:index:Cluster cluster",
    "pulumi:providers:kubernetes cluster-provider",
    ...image("fastapi"),
    ...image("dagster"),
    "pulumi-nodejs:dynamic/slipway:DataMigration nmdc-runtime",
    ...workload("runtime-api", true),
    ...workload("dagster-daemon", false),
    ...workload("dagster-dagit", true),
    "slipway:index:Verification verification",
    "pulumi-nodejs:dynamic/slipway:RunningSystem verification-running-system",
    "command:local:Command verification-smoke",
    "pulumi-nodejs:dynamic/slipway:ReleaseRecord record",
    "slipway:index:ReleaseNotes notes",
    "pulumi:providers:github notes-github",
    "github:index/release:Release notes-release",
  ].sort();
}

function only(graph: readonly Registered[], type: RegExp): Registered {
  const [found, ...more] = graph.filter((resource) => type.test(resource.type));
  assert.ok(found && more.length === 0, `one resource of type ${type.source}`);
  return found;
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/** The inputs with everything that Pulumi was told to keep secret taken out. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value) return "[secret]";
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutSecrets(member)]));
}
