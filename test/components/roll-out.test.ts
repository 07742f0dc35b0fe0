import { strict as assert } from "node:assert";
import { firstStart, startServer, type TestServer } from "../data/server";
import { type Registered, committedConfig, runProgram, secretsOver } from "./program";

const record = "record-1";

describe("the graph of a release with a job, charts and a service that restarts with another", () => {
  let server: TestServer;
  let graph: readonly Registered[];

  before(async function () {
    this.timeout(firstStart);
    server = await startServer();
    const config = {
      ...committedConfig("dev"),
      jobs: { migrate: { image: "fastapi", args: ["migrate"], env: { A: { secret: "s", key: "k" } } } },
      services: {
        validator: {
          image: "dagster",
          replicas: 3,
          restartsWith: ["ontology"],
          chart: { from: "examples/hca-ingest/charts/ingest-app", values: { environment: "dev" } },
        },
        ontology: { image: "fastapi" },
        stack: { image: "fastapi", kind: "StatefulSet", replicas: 2, port: 80, restartsWith: ["ontology"] },
      },
      verification: {},
      gates: { preset: "none" },
    };
    graph = await runProgram("dev", config, secretsOver(server));
  });
  after(() => server.stop());

  const named = (name: string): Registered => {
    const found = graph.find((one) => one.name === name);
    assert.ok(found, name);
    return found;
  };
  const digestOf = (image: string): unknown => named(image).inputs["digest"];

  it("F23: runs the job to its end, anew for each release, before any workload; one that fails stops there", () => {
    const job = named("migrate-job");
    const { template, backoffLimit } = job.inputs["spec"] as {
      readonly backoffLimit: number;
      readonly template: {
        readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
        readonly spec: { readonly restartPolicy: string; readonly containers: readonly { args: string[] }[] };
      };
    };
    assert.equal(template.metadata.annotations["slipway.dev/release"], record);
    assert.equal(template.spec.restartPolicy, "Never");
    assert.deepEqual(template.spec.containers[0]?.args, ["migrate"]);
    assert.equal(backoffLimit, 0);
    assert.ok(job.dependencies.includes(named("switch").urn), "after the data");
    for (const workload of ["ontology-deployment", "stack-statefulset", "validator-release"])
      assert.ok(named(workload).dependencies.includes(job.urn), `${workload} waits for the job`);
  });

  it("H13: gives a chart its environment's values, and what the release decides; nothing is deleted first", () => {
    const { name, chart, values, atomic, replace } = named("validator-release").inputs;
    assert.equal(name, "validator");
    assert.equal(chart, "./examples/hca-ingest/charts/ingest-app");
    const { image, ...others } = values as Readonly<Record<string, unknown>>;
    assert.match(String(image), /:v2\.18\.0@sha256:[0-9a-f]{64}$/);
    assert.deepEqual(others, {
      environment: "dev",
      replicas: 3,
      release: record,
      restartedFor: { "slipway.dev/restarted-for-ontology": digestOf("fastapi") },
    });
    assert.deepEqual([atomic, replace], [false, undefined]);
  });

  it("H19: names in the pods' annotations the image that they are restarted for, after it is ready", () => {
    const { template } = named("stack-statefulset").inputs["spec"] as {
      readonly template: { readonly metadata: { readonly annotations: object } };
    };
    assert.deepEqual(template.metadata.annotations, {
      "slipway.dev/restarted-for-ontology": digestOf("fastapi"),
    });
    for (const name of ["stack-statefulset", "validator-release"])
      assert.ok(named(name).dependencies.includes(named("ontology-deployment").urn), name);
  });
});
