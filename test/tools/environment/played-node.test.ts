import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BatchV1Api, CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import { down, up } from "../../../tools/environment/environment";

const digest = `sha256:${"ab".repeat(32)}`;

describe("The played node", function () {
  this.timeout(120_000);
  let state: string;
  let environment: EmbeddedEnvironment;
  let core: CoreV1Api;

  before(async () => {
    state = await mkdtemp(join(tmpdir(), "slip-p"));
    environment = await up({ state, node: "played" });
    core = config().makeApiClient(CoreV1Api);
  });
  after(async () => {
    await down({ state });
    await rm(state, { recursive: true });
  });

  const config = (): KubeConfig => {
    const config = new KubeConfig();
    config.loadFromFile(environment.kubeconfig);
    return config;
  };
  const podIn = async (name: string, phase: string): Promise<V1Pod> => {
    for (;;) {
      const pod = await core.readNamespacedPod({ name, namespace: "default" });
      if (pod.status?.phase === phase) return pod;
      await sleep(50);
    }
  };
  const create = (name: string, image: string, annotations = {}): Promise<V1Pod> =>
    core.createNamespacedPod({
      namespace: "default",
      body: { metadata: { name, annotations }, spec: { containers: [{ name: "main", image }] } },
    });
  const readiness = (pod: V1Pod): string | undefined =>
    pod.status?.conditions?.find((one) => one.type === "Ready")?.status;

  it("says of itself that it is played", async () => {
    assert.equal(environment.node, "played");
    const [node] = (await core.listNode()).items;
    assert.equal(node?.metadata?.labels?.["slipway.dev/node"], "played");
  });

  it("fills a pod's imageID from the digest that it was asked for", async () => {
    const image = `127.0.0.1:5000/api@${digest}`;
    await create("pinned", image);
    const pod = await podIn("pinned", "Running");
    assert.equal(pod.status?.containerStatuses?.[0]?.imageID, image);
    assert.equal(readiness(pod), "True");
  });

  it("knows no digest of an image that was asked for by tag", async () => {
    await create("tagged", "127.0.0.1:5000/api:v1");
    assert.equal((await podIn("tagged", "Running")).status?.containerStatuses?.[0]?.imageID, "");
  });

  it("lets a pod run that never becomes ready", async () => {
    await create("unready", `127.0.0.1:5000/api@${digest}`, { "slipway.dev/played": "never-ready" });
    const pod = await podIn("unready", "Running");
    assert.equal(readiness(pod), "False");
    assert.equal(pod.status?.containerStatuses?.[0]?.ready, false);
  });

  it("completes jobs", async () => {
    const batch = config().makeApiClient(BatchV1Api);
    await batch.createNamespacedJob({
      namespace: "default",
      body: {
        metadata: { name: "once" },
        spec: {
          template: {
            spec: { restartPolicy: "Never", containers: [{ name: "main", image: `x@${digest}` }] },
          },
        },
      },
    });
    while ((await batch.readNamespacedJob({ name: "once", namespace: "default" })).status?.succeeded !== 1) {
      await sleep(50);
    }
  });
});
