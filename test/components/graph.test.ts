import { MongoLedger } from "../../lib/data/store/mongo-ledger";
import { strict as assert } from "node:assert";
import { writeSchemaState } from "../../lib/data/journal/schema-state";
import type { ReleaseInputs } from "../../lib/config/release-inputs";
import { firstStart, startServer, type TestServer, withClient } from "../data/server";
import { type Registered, committedConfig, runProgram, type Secrets, secretsOver } from "./program";

const environments = ["dev", "staging", "prod"] as const;

const maintenanceCommands = {
  start: ["manage", "maintenance", "start", "--title", "{title}", "--message", "{message}"],
  stop: ["manage", "maintenance", "stop", "--title", "{title}"],
  show: ["manage", "maintenance", "show"],
};

const guardian = {
  image: "engine",
  uri: { secret: "nmdc-release-mongo", key: "uri" },
  canary: { secret: "nmdc-runtime-mongo", key: "uri" },
};

/** Every opt-in that a stack file knows, on. */
function withEveryOptIn(
  environment: (typeof environments)[number],
  secrets: Secrets,
): Record<string, unknown> {
  const config = committedConfig(environment);
  const images = config["images"] as Record<string, Record<string, unknown>>;
  const build = { context: "../nmdc-runtime", target: "fastapi", args: { PYTHON: "3.10" } };
  return {
    ...config,
    images: {
      ...images,
      ...(environment === "dev" && { fastapi: { ...images["fastapi"], digest: undefined, build } }),
      engine: {
        repository: "ghcr.io/example/slipway-engine",
        tag: "v1.0.0",
        digest: `sha256:${"e".repeat(64)}`,
      },
    },
    data: { ...(config["data"] as object), guardian },
    verification: { ...(config["verification"] as object), smoke: { command: "make test" } },
    notes: { repository: "microbiomedata/nmdc-runtime", commitish: "main" },
    maintenance: { services: { "runtime-api": { in: "pod", ...maintenanceCommands } } },
    sources: {
      runtime: {
        ...{ scheme: "semver", branch: "main", images: ["fastapi", "dagster"] },
        forge: { kind: "github", project: "microbiomedata/nmdc-runtime" },
      },
    },
    ticket: { assignees: ["ana"] },
    // The graph is what is asked here; what the stack's own gates say needs a forge and a registry.
    gates: { preset: "none" },
    releaseMongoUri: secrets.releaseMongoUri,
    runtimeMongoUri: secrets.runtimeMongoUri,
  };
}

let server: TestServer;
before(async function () {
  this.timeout(firstStart);
  server = await startServer();
});
after(() => server.stop());

for (const environment of environments) {
  describe(`the graph of the ${environment} stack, every opt-in on`, () => {
    let graph: readonly Registered[];
    let secrets: Secrets;
    before(async () => {
      secrets = secretsOver(server);
      graph = await runProgram(environment, keysInUse(environment, secrets), secrets);
    });

    it("holds the release plan's resources, by type and name", () => {
      const listed = graph.map(({ type, name }) => `${type} ${name}`).sort();
      assert.deepEqual(listed, expectedResources(environment));
    });

    it("puts every child under the component that it is named after", () => {
      for (const { type, name, parent } of graph.filter((resource) => resource.custom)) {
        const topLevel = /dynamic\/slipway:(DataMigration|DataSwitch|ReleaseRecord|ReleaseTicket)$/.test(
          type,
        );
        if (topLevel) continue;
        const parentName = parent?.split("::").at(-1) ?? "";
        assert.ok(name.startsWith(`${parentName}-`), `${name} stands under ${parentName}`);
      }
    });

    it("N16, A20: rolls the workloads only after the data is switched, verifies after the workloads, closes the record last", () => {
      const data = only(graph, /:DataSwitch$/);
      assert.ok(data.dependencies.includes(only(graph, /:DataMigration$/).urn), "the migration comes first");
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

    it("N5: has the verification judge the gates that the environment has", () => {
      assert.deepEqual(only(graph, /:RunningSystem$/).inputs["gates"], ["X1"]);
    });

    it("A12, A17: puts maintenance on before the data is touched, and ends it after the record is closed", () => {
      const started = only(graph, /:MaintenanceStart$/);
      const ended = only(graph, /:MaintenanceEnd$/);
      assert.ok(only(graph, /:DataMigration$/).dependencies.includes(started.urn));
      assert.ok(ended.dependencies.includes(only(graph, /:ReleaseRecord$/).urn));
    });

    it("N15: has its guardian before the data, allowed no more than to put old images on these workloads", () => {
      const job = only(graph, /^kubernetes:batch/);
      assert.ok(only(graph, /:DataMigration$/).dependencies.includes(job.urn));
      assert.match(
        (job.inputs["spec"] as PodOwner).template.spec.containers[0]?.image ?? "",
        /:v1\.0\.0@sha256:e{64}$/,
      );
      const { rules } = only(graph, /:Role$/).inputs as { rules: unknown };
      assert.deepEqual(rules, [
        {
          apiGroups: ["apps"],
          resources: ["deployments", "statefulsets"],
          resourceNames: ["runtime-api", "dagster-daemon", "dagster-dagit"],
          verbs: ["get", "patch"],
        },
        { apiGroups: [""], resources: ["pods"], verbs: ["list", "delete"] },
      ]);
    });

    it("F17: puts the ticket only when the record is closed", () => {
      const record = only(graph, /:ReleaseRecord$/);
      assert.ok(only(graph, /:ReleaseTicket$/).dependencies.includes(record.urn));
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
        for (const secret of Object.values<string>({ ...secrets }))
          assert.ok(!clear.includes(secret), `${type} ${name} holds a secret in clear`);
      }
    });
  });
}

describe("the graph of a release whose code goes first", () => {
  const environment = "dev";

  /** The edges that are the other way round, and those that stay. */
  function assertCodeFirst(graph: readonly Registered[]): void {
    const data = only(graph, /:DataMigration$/);
    const switched = only(graph, /:DataSwitch$/);
    const workloads = graph.filter(({ type }) => /^kubernetes:apps/.test(type));
    assert.equal(workloads.length, 3);
    for (const workload of workloads) {
      assert.ok(workload.dependencies.includes(data.urn), `${workload.name} waits for what is staged`);
      assert.ok(!workload.dependencies.includes(switched.urn), `${workload.name} waits for no switch`);
      assert.ok(switched.dependencies.includes(workload.urn), `the switch waits for ${workload.name}`);
    }
    const running = only(graph, /:RunningSystem$/);
    assert.ok(running.dependencies.includes(switched.urn), "verified after the switch");
    assert.ok(only(graph, /:ReleaseRecord$/).dependencies.includes(running.urn));
    assert.equal((data.inputs["release"] as { order: string }).order, "code-first");
  }

  it("N16: has the edge the other way round where the stack file says so", async () => {
    const secrets = secretsOver(server);
    const config = keysInUse(environment, secrets);
    const data = { ...(config["data"] as object), order: "code-first" };
    assertCodeFirst(await runProgram(environment, { ...config, data }, secrets));
  });

  it("N18: has it the other way round on a way back, and again as before when that is done", async () => {
    const secrets = secretsOver(server);
    const config = keysInUse(environment, secrets);
    const { store, schema } = config["data"] as {
      readonly store: { readonly database: string };
      readonly schema: { readonly version: string };
    };
    const holds = (version: string): Promise<void> =>
      withClient(server.uri, (client) =>
        writeSchemaState(new MongoLedger(client.db(store.database)), {
          version,
          release: "v2.19.0",
          hash: "sha256:2",
        }),
      );
    await holds("11.24.0");
    assertCodeFirst(await runProgram(environment, config, secrets));
    await holds(schema.version);
    const switched = only(await runProgram(environment, config, secrets), /:DataSwitch$/);
    assert.ok(!switched.dependencies.some((urn) => urn.includes("kubernetes:apps")));
  });
});

describe("the graph of a release inside of its window", () => {
  it("F19: tells the engine when the window closes, and is the same release for it", async () => {
    const secrets = secretsOver(server);
    const config = keysInUse("dev", secrets);
    const hour = 3_600_000;
    const local = (hours: number): string => new Date(Date.now() + hours * hour).toISOString().slice(0, 16);
    const window = { kind: "once", start: local(-1), end: local(3), zone: "UTC" };
    const released = async (more: object): Promise<[release: ReleaseInputs, guardian: unknown]> => {
      const graph = await runProgram("dev", { ...config, ...more }, secrets);
      const release = only(graph, /:DataMigration$/).inputs["release"] as ReleaseInputs;
      return [release, only(graph, /^kubernetes:batch/).inputs];
    };
    const [inside, guardianInside] = await released({ window });
    const [outside, guardianOutside] = await released({ window: { ...window, start: local(2) } });
    assert.equal(inside.deadline, `${window.end}:00.000Z`);
    assert.equal(outside.deadline, undefined);
    assert.equal(inside.hash, outside.hash);
    assert.deepEqual(guardianInside, guardianOutside);
  });
});

interface PodOwner {
  readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
}

/** Only what the stack refers to may stand in its file: dev and staging name no secret config key. */
function keysInUse(environment: (typeof environments)[number], secrets: Secrets): Record<string, unknown> {
  const { releaseMongoUri, runtimeMongoUri, ...config } = withEveryOptIn(environment, secrets);
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
    ...image("engine"),
    "slipway:index:Guardian slipway-guardian",
    "kubernetes:core/v1:ServiceAccount slipway-guardian-account",
    "kubernetes:rbac.authorization.k8s.io/v1:Role slipway-guardian-role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding slipway-guardian-binding",
    "kubernetes:batch/v1:Job slipway-guardian-job",
    "pulumi-nodejs:dynamic/slipway:DataMigration nmdc-runtime",
    "pulumi-nodejs:dynamic/slipway:DataSwitch switch",
    ...workload("runtime-api", true),
    ...workload("dagster-daemon", false),
    ...workload("dagster-dagit", true),
    "slipway:index:Verification verification",
    "pulumi-nodejs:dynamic/slipway:RunningSystem verification-running-system",
    "command:local:Command verification-smoke",
    "pulumi-nodejs:dynamic/slipway:ReleaseRecord record",
    "slipway:index:Maintenance maintenance",
    "pulumi-nodejs:dynamic/slipway:MaintenanceStart maintenance-start",
    "pulumi-nodejs:dynamic/slipway:MaintenanceEnd maintenance-end",
    "pulumi-nodejs:dynamic/slipway:ReleaseTicket ticket",
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
