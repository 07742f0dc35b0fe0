import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { setTimeout as pause } from "node:timers/promises";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import { packageRoot } from "../../../lib/package-root";
import { engineSettings, makeEngineImage } from "../../../tools/images/engine/engine-image";
import { imageUser } from "../../../tools/images/image";
import { embedded } from "../../embedded";

const namespace = "engine-image";

describe("the engine's image", function () {
  this.timeout(300_000);

  it("is run as the Dockerfile's is", () => {
    const { entrypoint, env } = engineSettings();
    const file = readFileSync(join(packageRoot(), "tools", "images", "engine", "Dockerfile"), "utf8");
    assert.equal(/^ENTRYPOINT (.*)$/m.exec(file)?.[1], JSON.stringify(entrypoint).replaceAll(",", ", "));
    assert.equal(/^USER ([\d:]+)$/m.exec(file)?.[1], `${imageUser}:${imageUser}`);
    assert.equal(
      /^ENV (.*)$/m.exec(file)?.[1],
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .join(" "),
    );
  });

  it("reads its request from a variable and its secrets from mounted files, in a pod", async function () {
    const environment = await embedded();
    if (environment.node === "played") {
      console.log("      skipped: no container runs on a played node");
      this.skip();
    }
    const said = await saidBy(environment, { do: "status", spec: specOf() });
    assert.match(said, /"event":"status"/);
    assert.doesNotMatch(said, /mongodb:\/\//);
  });

  /** Runs one request to its end in a pod; returns what the pod printed. */
  async function saidBy(environment: EmbeddedEnvironment, request: object): Promise<string> {
    const config = new KubeConfig();
    config.loadFromFile(environment.kubeconfig);
    const api = config.makeApiClient(CoreV1Api);
    const { repository, digest } = await makeEngineImage(environment.registry);
    await api.createNamespace({ body: { metadata: { name: namespace } } });
    const stringData = { uri: environment.mongo.podReleaseUri };
    await api.createNamespacedSecret({ namespace, body: { metadata: { name: "release" }, stringData } });
    const container = {
      name: "engine",
      image: `${repository}@${digest}`,
      env: [{ name: "SLIPWAY_REQUEST", value: JSON.stringify(request) }],
      volumeMounts: [{ name: "release", mountPath: "/var/run/slipway/release", readOnly: true }],
    };
    const volumes = [{ name: "release", secret: { secretName: "release" } }];
    const spec = { restartPolicy: "Never", containers: [container], volumes };
    await api.createNamespacedPod({ namespace, body: { metadata: { name: "engine" }, spec } });
    for (;;) {
      const { status } = await api.readNamespacedPodStatus({ namespace, name: "engine" });
      if (status?.phase === "Succeeded" || status?.phase === "Failed") break;
      await pause(200);
    }
    const said = await api.readNamespacedPodLog({ namespace, name: "engine" });
    await api.deleteNamespace({ name: namespace });
    return said;
  }

  function specOf(): object {
    return {
      ...{ system: "s", environment: "e", release: "v1", hash: "none", operator: "o", images: [] },
      cluster: { kubeconfig: { kind: "in-cluster" }, namespace, workloads: [] },
      store: {
        kind: "mongodb",
        uri: { kind: "file", path: "/var/run/slipway/release/uri" },
        database: "engine-image",
        closeWrites: "strongest",
      },
      schema: { package: "nmdc-schema", version: "11.24.0" },
      ...{ migrations: "/slipway/migrations", reopen: "after-rollout", confirmWithin: 60 },
      dump: { keep: "/slipway/dumps" },
      keep: { releases: 1 },
    };
  }
});
