import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import { down, up } from "../../../tools/environment/environment";
import {
  playedApiAnnotation,
  playedServices,
  type Pod,
  podToPlay,
} from "../../../tools/environment/node/played-service";
import { freePorts, isFree } from "../../../tools/environment/ports";
import { makeImages } from "../../../tools/images/make-images";
import { tracesOf } from "../environment/traces";

const service = { namespace: "nmdc-dev", service: "runtime-api", port: 23456 };

describe("What is played", () => {
  const namespace = (annotation?: string): Parameters<typeof playedServices>[0][number] => ({
    metadata: {
      name: "nmdc-dev",
      uid: "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...(annotation === undefined ? {} : { annotations: { [playedApiAnnotation]: annotation } }),
    },
  });
  const pod = (name: string, ready: boolean, more: Partial<Pod["metadata"]> = {}): Pod => ({
    metadata: {
      name,
      namespace: "nmdc-dev",
      uid: name,
      creationTimestamp: "2026-01-01T00:00:00Z",
      labels: { app: "runtime-api" },
      ...more,
    },
    spec: { containers: [{ image: "image" }] },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  });

  it("is what a namespace asks for, and nothing where it asks for nothing that can be read", () => {
    assert.deepEqual(playedServices([namespace("runtime-api:23456")]), [service]);
    for (const annotation of [undefined, "", "runtime-api", "runtime-api:", "runtime-api:http", ":1"])
      assert.deepEqual(playedServices([namespace(annotation)]), []);
  });

  it("is the newest pod of the service that is ready and not on its way out", () => {
    const pods = [
      pod("old", true),
      pod("new", true, { creationTimestamp: "2026-01-01T00:00:05Z" }),
      pod("not-ready", false, { creationTimestamp: "2026-01-01T00:00:06Z" }),
      pod("leaving", true, {
        creationTimestamp: "2026-01-01T00:00:07Z",
        deletionTimestamp: "2026-01-01T00:00:08Z",
      }),
      pod("of-another", true, { creationTimestamp: "2026-01-01T00:00:09Z", labels: { app: "dagster" } }),
      pod("elsewhere", true, { creationTimestamp: "2026-01-01T00:00:09Z", namespace: "nmdc-prod" }),
    ];
    assert.equal(podToPlay(pods, service)?.metadata.name, "new");
    assert.equal(podToPlay(pods.slice(2), service), undefined);
  });
});

describe("The played API", function () {
  this.timeout(120_000);
  let state: string;
  let environment: EmbeddedEnvironment;
  let core: CoreV1Api;
  let port: number;

  before(async () => {
    state = await mkdtemp(join(tmpdir(), "slip-a"));
    environment = await up({ state, node: "played" });
    const config = new KubeConfig();
    config.loadFromFile(environment.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    [port = 0] = await freePorts(1);
    const annotations = { [playedApiAnnotation]: `runtime-api:${port}` };
    await core.createNamespace({ body: { metadata: { name: "nmdc", annotations } } });
    const stringData = { uri: environment.mongo.podUri.replace("/?", "/nmdc?") };
    await core.createNamespacedSecret({
      namespace: "nmdc",
      body: { metadata: { name: "mongo" }, stringData },
    });
  });
  after(async () => {
    await down({ state });
    assert.deepEqual(tracesOf(state), []);
    await rm(state, { recursive: true });
  });

  const run = async (name: string, version: string): Promise<void> => {
    const { fastapi } = await makeImages(environment.registry, { version, schema: "11.24.0" });
    const image = `${fastapi.repository}:${version}@${fastapi.digest}`;
    const valueFrom = { secretKeyRef: { name: "mongo", key: "uri" } };
    const container = { name: "api", image, env: [{ name: "MONGO_URI", valueFrom }] };
    await core.createNamespacedPod({
      namespace: "nmdc",
      body: { metadata: { name, labels: { app: "runtime-api" } }, spec: { containers: [container] } },
    });
  };
  const ask = async (): Promise<{ version: string; database: string } | undefined> =>
    fetch(`http://127.0.0.1:${port}/version`).then(
      (answer) => answer.json() as Promise<{ version: string; database: string }>,
      () => undefined,
    );
  const answersAs = async (version: string | undefined): Promise<void> => {
    while ((await ask())?.version !== version) await sleep(50);
  };
  /** Processes of the API that this environment runs: found by the port that they were given. */
  const processes = (): number[] =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => variables(pid).includes(`PORT=${port}`))
      .map(Number);

  it("answers as the image says, on the database that the pod's secret names", async () => {
    await run("one", "v1.0.0");
    await answersAs("v1.0.0");
    assert.equal((await ask())?.database, "reachable");
  });

  it("is one process, and that of the newest pod", async () => {
    await sleep(1100); // Kubernetes tells the age of pods in whole seconds.
    await run("two", "v2.0.0");
    await answersAs("v2.0.0");
    assert.equal(processes().length, 1);
  });

  it("comes back when its process ends", async () => {
    const [killed = 0] = processes();
    process.kill(killed, "SIGKILL");
    while (processes().every((pid) => pid === killed)) await sleep(20);
    await answersAs("v2.0.0");
  });

  it("is the old pod's again when the new one is gone, and nothing when no pod is left", async () => {
    await core.deleteNamespacedPod({ namespace: "nmdc", name: "two", gracePeriodSeconds: 0 });
    await answersAs("v1.0.0");
    await core.deleteNamespacedPod({ namespace: "nmdc", name: "one", gracePeriodSeconds: 0 });
    await answersAs(undefined);
    assert.deepEqual(processes(), []);
  });

  it("ends with the one that plays it, also when that is killed", async () => {
    await run("three", "v3.0.0");
    await answersAs("v3.0.0");
    const record = readFileSync(join(state, "run", "processes", "played-api"), "utf8");
    process.kill(Number(record.split("\n")[0]), "SIGKILL");
    while (processes().length > 0) await sleep(20);
    assert.ok(await isFree(port));
  });

  it("is there again after the environment was stopped and started", async () => {
    await down({ state });
    await up({ state, node: "played" });
    await answersAs("v3.0.0");
  });

  it("tells its log nothing of the database's password", () => {
    const log = readFileSync(join(state, "logs", "played-api.log"), "utf8");
    assert.match(log, /plays pod three/);
    assert.ok(!log.includes(new URL(environment.mongo.podUri).password));
  });
});

function variables(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
