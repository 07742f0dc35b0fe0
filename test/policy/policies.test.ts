import assert from "node:assert/strict";
import { firstStart, startServer, type TestServer } from "../data/server";
import { committedConfig, type Registered, runProgram, secretsOver } from "../components/program";
import { judged } from "./judged";

const environments = ["dev", "staging", "prod"] as const;

describe("the policy pack", function () {
  this.timeout(firstStart);
  let server: TestServer;
  const graphs = new Map<string, readonly Registered[]>();

  before("the graph of every committed stack", async () => {
    server = await startServer();
    const secrets = secretsOver(server);
    const { releaseMongoUri, runtimeMongoUri } = secrets;
    for (const environment of environments) {
      const config = { ...committedConfig(environment), gates: { preset: "none" } };
      const keys = environment === "prod" ? { releaseMongoUri, runtimeMongoUri } : {};
      graphs.set(environment, await runProgram(environment, { ...config, ...keys }, secrets));
    }
  });
  after(() => server.stop());

  const graph = (environment: (typeof environments)[number]): readonly Registered[] =>
    graphs.get(environment) ?? [];
  const inGraph = (
    environment: (typeof environments)[number],
    name: string,
    change: (resource: Registered) => Registered,
  ): readonly Registered[] => {
    assert.ok(
      graph(environment).some((resource) => resource.name === name),
      name,
    );
    return graph(environment).map((resource) => (resource.name === name ? change(resource) : resource));
  };

  for (const environment of environments) {
    it(`has nothing against the committed ${environment} stack`, async () => {
      assert.ok(graph(environment).length > 10);
      assert.deepEqual(await judged(graph(environment)), []);
    });
  }

  it("N4, X1: stops an image without digest in staging and production, not in dev", async () => {
    for (const [environment, expected] of [
      ["dev", []],
      ["staging", ["pinned-by-digest"]],
      ["prod", ["pinned-by-digest"]],
    ] as const) {
      const found = await judged(
        inGraph(environment, "runtime-api-deployment", (pods) => withImage(pods, "registry/api:v2.18.0")),
      );
      assert.deepEqual(
        found.map(({ policy }) => policy),
        expected,
      );
      for (const { resource, message } of found) {
        assert.equal(resource, "runtime-api-deployment");
        assert.match(message, /"runtime-api" runs registry\/api:v2\.18\.0: no digest; .*slipway pin/);
      }
    }
  });

  it("N4, X1: stops a moving tag in production, digest or not", async () => {
    const moving = `registry/api:latest@sha256:${"a".repeat(64)}`;
    const change = (pods: Registered): Registered => withImage(pods, moving);
    const found = await judged(inGraph("prod", "runtime-api-deployment", change));
    assert.deepEqual(
      found.map(({ policy }) => policy),
      ["no-moving-tag"],
    );
    assert.deepEqual(await judged(inGraph("staging", "runtime-api-deployment", change)), []);
  });

  it("X5: stops a secret in a container's environment anywhere, and does not print it", async () => {
    const uri = "mongodb://nmdc:very-secret@db/nmdc";
    for (const environment of environments) {
      const [found, ...more] = await judged(
        inGraph(environment, "dagster-daemon-deployment", (pods) => withVariable(pods, "MONGO_URI", uri)),
      );
      assert.deepEqual(more, []);
      assert.equal(found?.policy, "no-plain-secret");
      assert.match(found.message, /MONGO_URI is an address with a password in it/);
      assert.ok(!found.message.includes("very-secret"));
    }
  });

  it("N16: stops a workload that does not wait for the data", async () => {
    const found = await judged(
      inGraph("staging", "dagster-dagit-deployment", (pods) => ({ ...pods, dependencies: [] })),
    );
    assert.deepEqual(
      found.map(({ policy, resource }) => [policy, resource]),
      [["workloads-after-data", "dagster-dagit-deployment"]],
    );
  });

  it("stops production's data without protection, and no other's", async () => {
    const bare = (data: Registered): Registered => ({ ...data, protect: false });
    assert.deepEqual(
      (await judged(inGraph("prod", "nmdc-runtime", bare))).map(({ policy }) => policy),
      ["protected-data"],
    );
    assert.deepEqual(await judged(inGraph("staging", "nmdc-runtime", bare)), []);
  });

  it("takes a stack that the platform team does not name for production, whatever it calls itself", async () => {
    const found = await judged(graph("dev"), { development: [], staging: [] });
    assert.deepEqual(
      found.map(({ policy }) => policy),
      ["protected-data"],
    );
  });
});

interface Pods {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly object[] } } };
}

function withContainer(pods: Registered, change: object): Registered {
  const { spec } = pods.inputs as unknown as Pods;
  const containers = spec.template.spec.containers.map((container) => ({ ...container, ...change }));
  const template = { ...spec.template, spec: { ...spec.template.spec, containers } };
  return { ...pods, inputs: { ...pods.inputs, spec: { ...spec, template } } };
}

const withImage = (pods: Registered, image: string): Registered => withContainer(pods, { image });

const withVariable = (pods: Registered, name: string, value: string): Registered =>
  withContainer(pods, { env: [{ name, value }] });
