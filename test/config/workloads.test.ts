import { strict as assert } from "node:assert";
import { inRestartOrder } from "../../lib/config/restart-order";
import { parseStackConfig } from "../../lib/config/stack-config";
import { committedConfig } from "../components/program";
import { refusalBy } from "../refusal";

const dev = committedConfig("dev");
const chart = { from: "charts/ingest-app", values: { environment: "dev" } };

function parsed(changes: Readonly<Record<string, unknown>>): ReturnType<typeof parseStackConfig> {
  return parseStackConfig({ ...dev, verification: {}, ...changes }, "Pulumi.dev.yaml");
}

function problemsOf(changes: Readonly<Record<string, unknown>>): readonly string[] {
  return refusalBy(() => parsed(changes)).problems.map(({ where, allowed }) => `${where}: ${allowed}`);
}

describe("services, jobs and charts in a stack file", () => {
  it("H13: a service may be a chart's, with this environment's values; keys have their usual names", () => {
    const { services } = parsed({ services: { api: { image: "fastapi", chart } } });
    assert.deepEqual(services["api"]?.chart?.keys, {
      image: "image",
      replicas: "replicas",
      release: "release",
      restartedFor: "restartedFor",
    });
  });

  it("H13, X4: what a chart's templates write is refused beside it, each key by name; a registry's chart has a version", () => {
    const service = { image: "fastapi", port: 80, ready: { path: "/" }, command: ["a"], env: { A: "b" } };
    const fromRegistry = { ...chart, from: "oci://quay.io/ebi-ait/ingest-core" };
    const problems = problemsOf({
      services: { api: { ...service, chart }, other: { image: "fastapi", chart: fromRegistry } },
    });
    assert.deepEqual(problems, [
      "slipway:services.api.ready: nothing here: with a chart it is one of chart.values",
      "slipway:services.api.command: nothing here: with a chart it is one of chart.values",
      "slipway:services.api.env: nothing here: with a chart it is one of chart.values",
      "slipway:services.other.chart.version: an exact version for a chart in a registry (oci://…), and none for a chart in a folder",
    ]);
  });

  it("H19: a service comes after those that it restarts with, whatever the order in the file", () => {
    const { services } = parsed({
      services: {
        validator: { image: "dagster", restartsWith: ["ontology"] },
        ontology: { image: "fastapi", restartsWith: ["terms"] },
        terms: { image: "fastapi" },
      },
    });
    assert.deepEqual(
      inRestartOrder(services).map(([name]) => name),
      ["terms", "ontology", "validator"],
    );
  });

  it("H19: circles, itself and services that are none are refused", () => {
    const problems = problemsOf({
      services: {
        a: { image: "fastapi", restartsWith: ["b"] },
        b: { image: "fastapi", restartsWith: ["a"] },
        c: { image: "fastapi", restartsWith: ["c", "d"] },
      },
    });
    assert.deepEqual(problems, [
      "slipway:services.a.restartsWith.0: no circle: b restarts with a too",
      "slipway:services.b.restartsWith.0: no circle: a restarts with b too",
      "slipway:services.c.restartsWith.0: another service (a, b)",
      "slipway:services.c.restartsWith.1: another service (a, b)",
    ]);
  });

  it("F23: a job has an image of the stack and a name of its own", () => {
    const jobs = { migrate: { image: "backend" }, "runtime-api": { image: "fastapi" } };
    assert.deepEqual(problemsOf({ jobs }), [
      "slipway:jobs.migrate.image: one of slipway:images (fastapi, dagster)",
      "slipway:jobs.runtime-api: a name that no service has",
    ]);
    assert.equal(parsed({ jobs: { migrate: { image: "fastapi" } } }).jobs["migrate"]?.retries, 0);
  });
});
