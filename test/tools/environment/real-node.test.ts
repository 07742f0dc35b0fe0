import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppsV1Api, CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import { down, up } from "../../../tools/environment/environment";
import { Layout } from "../../../tools/environment/layout";
import { inspectMachine } from "../../../tools/environment/node/machine";
import { namesOf } from "../../../tools/environment/settings";
import { makeImages } from "../../../tools/images/make-images";
import { tracesOf } from "./traces";

const labels = { app: "real-node" };

describe("The real node", function () {
  this.timeout(180_000);
  let state: string;
  let environment: EmbeddedEnvironment;
  let image: string;

  before(async function () {
    state = await mkdtemp(join(tmpdir(), "slip-r"));
    const machine = await inspectMachine(await Layout.open(state));
    if (machine.node === "played") {
      console.log(`      skipped: this machine lacks ${machine.lacks.join(", ")}`);
      this.skip();
    }
    environment = await up({ state, node: "real" });
    const { fastapi } = await makeImages(environment.registry, { version: "v1.0.0", schema: "11.24.0" });
    image = `${fastapi.repository}@${fastapi.digest}`;
    await deploy(environment, image);
  });
  after(async () => {
    await down({ state });
    await rm(state, { recursive: true });
  });

  it("runs a container of exactly the digest that was asked for", async () => {
    assert.equal(environment.node, "real");
    const pod = await readyPod(environment);
    assert.equal(pod.status?.containerStatuses?.[0]?.imageID, image);
  });

  it("lets pods reach the database, and this machine the pods", async () => {
    const pod = await readyPod(environment);
    const answer = await fetch(`http://${pod.status?.podIP ?? ""}:8000/version`);
    assert.equal(answer.status, 200);
    const told = (await answer.json()) as { version: string; database: string };
    assert.equal(told.version, "v1.0.0");
    assert.equal(told.database, "reachable");
  });

  it("has a bridge with a hardware address of its own, so that a pod that comes or goes cuts off no other", async () => {
    await readyPod(environment);
    const bridge = join("/sys/class/net", namesOf(await Layout.open(state)).bridge);
    const addressOf = (device: string): Promise<string> => readFile(join(device, "address"), "utf8");
    const ports = await readdir(join(bridge, "brif"));
    assert.notEqual(ports.length, 0);
    const taken = await Promise.all(ports.map((port) => addressOf(join("/sys/class/net", port))));
    assert.ok(!taken.includes(await addressOf(bridge)), "the bridge has the address of one of its ports");
  });

  it("lets nobody ask its kubelet without a certificate of our authority", async () => {
    const { subnet, ports } = JSON.parse(await readFile(join(state, "settings.json"), "utf8")) as {
      subnet: string;
      ports: { kubelet: number };
    };
    const ca = await readFile(join(state, "pki", "ca.crt"));
    const status = await new Promise<number>((resolve, reject) => {
      request({ host: `${subnet}.1`, port: ports.kubelet, path: "/pods", ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });
    assert.equal(status, 401);
  });

  it("shows what a container wrote, by way of the API server", async () => {
    const pod = await readyPod(environment);
    const log = await config(environment)
      .makeApiClient(CoreV1Api)
      .readNamespacedPodLog({
        name: pod.metadata?.name ?? "",
        namespace: "default",
      });
    assert.equal(typeof log, "string");
  });

  it("leaves no container, mount or network behind when all of its servers are killed", async () => {
    await readyPod(environment);
    const processes = join(state, "run", "processes");
    for (const name of await readdir(processes)) {
      process.kill(Number((await readFile(join(processes, name), "utf8")).split("\n")[0]), "SIGKILL");
    }
    assert.notDeepEqual(tracesOf(state), []);
    await down({ state });
    assert.deepEqual(tracesOf(state), []);
    assert.deepEqual(await containerGroups(state), []);
  });

  it("starts the pods again at the next start, and leaves nothing when it is stopped with them running", async () => {
    await up({ state, node: "real" });
    const pod = await readyPod(environment);
    assert.equal(pod.status?.containerStatuses?.[0]?.imageID, image);
    await down({ state });
    assert.deepEqual(tracesOf(state), []);
    assert.deepEqual(await containerGroups(state), []);
  });
});

function config({ kubeconfig }: EmbeddedEnvironment): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}

async function deploy(environment: EmbeddedEnvironment, image: string): Promise<void> {
  const uri = environment.mongo.podUri.replace("/?", "/nmdc?");
  await config(environment)
    .makeApiClient(AppsV1Api)
    .createNamespacedDeployment({
      namespace: "default",
      body: {
        metadata: { name: "api" },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  name: "api",
                  image,
                  env: [{ name: "MONGO_URI", value: uri }],
                  readinessProbe: { httpGet: { path: "/health", port: 8000 }, periodSeconds: 1 },
                },
              ],
            },
          },
        },
      },
    });
}

/** The pod that is ready now; its address is that of a container which runs now. */
async function readyPod(environment: EmbeddedEnvironment): Promise<V1Pod> {
  for (;;) {
    const { items } = await config(environment)
      .makeApiClient(CoreV1Api)
      .listNamespacedPod({ namespace: "default" });
    const ready = items.find((pod) =>
      pod.status?.conditions?.some((one) => one.type === "Ready" && one.status === "True"),
    );
    const address = ready?.status?.podIP;
    const answers =
      address === undefined
        ? false
        : await fetch(`http://${address}:8000/health`).then(
            (one) => one.ok,
            () => false,
          );
    if (ready !== undefined && answers) return ready;
    await sleep(100);
  }
}

/** Control groups of containers that this state directory's containerd made; none is left of a runtime that has gone. */
async function containerGroups(state: string): Promise<string[]> {
  const known = await readFile(join(state, "logs", "containerd.log"), "utf8").catch(() => "");
  const roots = [
    "/sys/fs/cgroup",
    ...(await readdir("/sys/fs/cgroup")).map((name) => join("/sys/fs/cgroup", name)),
  ];
  const found = await Promise.all(roots.map((root) => readdir(join(root, "k8s.io")).catch(() => [])));
  return found.flat().filter((id) => /^[0-9a-f]{64}$/.test(id) && known.includes(id));
}
