import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { stacksOf } from "../../deployments/stacks";
import { pathFilterOf } from "../../lib/evidence/path-filter";
import { packageRoot } from "../../lib/package-root";
import { scratch } from "../scratch";

const root = packageRoot();

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface Vcs {
  readonly paths: readonly string[];
  readonly deployCommits: boolean;
  readonly previewPullRequests: boolean;
  readonly repository: string;
}

/** Runs the program of `deployments/` under Pulumi's mocks. */
async function graphOf(config: Readonly<Record<string, string>>): Promise<readonly Resource[]> {
  const registered: Resource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        return { id: `${name}-id`, state: inputs as object };
      },
      call: () => ({}),
    },
    "slipway-deployments",
    "main",
    false,
  );
  pulumi.runtime.setAllConfig(config);
  await pulumi.runtime.runInPulumiStack(async () => {
    Reflect.deleteProperty(require.cache, join(root, "deployments", "index.ts"));
    return (await import("../../deployments/index")) as object;
  });
  await pulumi.runtime.disconnect(false);
  return registered;
}

describe("Pulumi Deployments as code", function () {
  this.timeout(60_000);
  let graph: readonly Resource[];
  const settings = (environment: string): Readonly<Record<string, unknown>> => {
    const found = graph.find(({ name }) => name === `${environment}-settings`);
    assert.ok(found, environment);
    return found.inputs;
  };

  before(async () => {
    graph = await graphOf({
      "slipway-deployments:organization": "acme",
      "slipway-deployments:repository": "acme/releases",
    });
  });

  it("has settings and a drift schedule for every stack that is not embedded", () => {
    const listed = graph.map(({ type, name }) => `${type} ${name}`).sort();
    assert.deepEqual(listed, [
      "pulumi:pulumi:Stack slipway-deployments-main",
      "pulumiservice:index:DeploymentSettings prod-settings",
      "pulumiservice:index:DeploymentSettings staging-settings",
      "pulumiservice:index:DriftSchedule prod-drift",
      "pulumiservice:index:DriftSchedule staging-drift",
      "slipway:deployments:StackDeployment prod",
      "slipway:deployments:StackDeployment staging",
    ]);
  });

  for (const environment of ["staging", "prod"]) {
    it(`X1: releases ${environment} on a change of its stack file alone, for the same paths as the workflow`, () => {
      const { vcs, sourceContext, organization, project, stack } = settings(environment);
      const { paths, deployCommits, previewPullRequests, repository } = vcs as Vcs;
      assert.deepEqual([organization, project, stack], ["acme", "nmdc-runtime", environment]);
      assert.deepEqual(paths, [`Pulumi.${environment}.yaml`]);
      assert.deepEqual([deployCommits, previewPullRequests, repository], [true, true, "acme/releases"]);
      assert.deepEqual(sourceContext, { git: { branch: "refs/heads/main" } });
      const workflow = readFileSync(join(root, ".github", "workflows", `${environment}.yml`), "utf8");
      assert.deepEqual(pathFilterOf(workflow)?.patterns, paths);
    });
  }

  it("tells drift and never puts it right by itself", () => {
    const drift = graph.filter(({ type }) => type === "pulumiservice:index:DriftSchedule");
    assert.equal(drift.length, 2);
    for (const { name, inputs } of drift) assert.equal(inputs["autoRemediate"], false, name);
  });

  it("names what it lacks, before anything is registered", async () => {
    await assert.rejects(
      graphOf({ "slipway-deployments:organization": "acme" }),
      /slipway-deployments:repository/,
    );
  });

  it("follows every merge with a development stack that others reach", () => {
    const folder = scratch("deployments");
    mkdirSync(folder, { recursive: true });
    cpSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    const cluster = "{ kind: context, context: c, namespace: n, kubeconfig: { env: K } }";
    writeFileSync(
      join(folder, "Pulumi.dev.yaml"),
      `config:\n  slipway:environment: dev\n  slipway:grade: development\n  slipway:cluster: ${cluster}\n`,
    );
    const { project, stacks } = stacksOf(folder);
    assert.equal(project, "nmdc-runtime");
    assert.deepEqual(stacks, [{ environment: "dev", grade: "development" }]);
  });
});
