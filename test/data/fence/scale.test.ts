import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { AppsV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import type { EngineOptions } from "../../../lib/data/conductor/context";
import { makeWriterImage } from "../../../tools/images/make-images";
import { embedded } from "../../embedded";
import { EngineRun, fill, type MongoRelease, nextOf, releaseAndConfirm, specFor } from "../engine-run";
import { ChildEngine, compiledEntry } from "../kill/child-engine";
import { data, processor } from "../plain-data";

const namespace = "scaled";
const writers = "writers";
const replicas = 2;

/** On the environment's own cluster: the writers are a Deployment whose pods write to the same server. */
describe("Closing writes by running no writers", function () {
  this.timeout(600_000);
  let environment: EmbeddedEnvironment;
  let apps: AppsV1Api;
  let core: CoreV1Api;
  let entry: string;

  before("two pods write", async () => {
    environment = await embedded();
    entry = compiledEntry();
    const config = new KubeConfig();
    config.loadFromFile(environment.kubeconfig);
    apps = config.makeApiClient(AppsV1Api);
    core = config.makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await deploy();
    await settledAt(replicas);
  });
  after(async () => {
    await core.deleteNamespace({ name: namespace });
  });

  async function deploy(): Promise<void> {
    const { repository, digest } = await makeWriterImage(environment.registry);
    const documents = { collections: [{ name: "diary", update: "text", document: { text: "{n} {r}" } }] };
    const env = [
      { name: "WRITER_PLAN", value: JSON.stringify({ perSecond: 5, ...documents }) },
      { name: "MONGO_URI", value: inDatabase(environment.mongo.podUri, "diaries") },
    ];
    const labels = { app: writers };
    const containers = [{ name: "writer", image: `${repository}@${digest}`, env }];
    const template = { metadata: { labels }, spec: { containers, terminationGracePeriodSeconds: 1 } };
    const spec = { replicas, selector: { matchLabels: labels }, template };
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: writers }, spec } });
  }

  /** How many pods are asked for, and how many may write: also those that were told to end and have not. */
  async function counts(): Promise<readonly [asked: number, running: number]> {
    const { spec } = await apps.readNamespacedDeployment({ namespace, name: writers });
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${writers}` });
    const running = items.filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed");
    return [spec?.replicas ?? -1, running.length];
  }

  async function settledAt(wanted: number): Promise<void> {
    for (;;) {
      const { status } = await apps.readNamespacedDeployment({ namespace, name: writers });
      if ((status?.readyReplicas ?? 0) === wanted && (status?.replicas ?? 0) === wanted) return;
      await pause(200);
    }
  }

  /** A database on schema 1.0.0 and the release that leads to 2.0.0, which stops the writers. */
  async function ready(database: string): Promise<MongoRelease> {
    const { uri, userUri } = environment.mongo;
    await fill(uri, database, data);
    const first = specFor({ uri, writerUri: userUri }, database, {
      cluster: {
        kubeconfig: { kind: "file", path: environment.kubeconfig },
        namespace,
        workloads: [{ kind: "Deployment", name: writers }],
      },
    });
    const scaling = { ...first, store: { ...first.store, closeWrites: "scale" as const } };
    await releaseAndConfirm(scaling, processor);
    await settledAt(replicas);
    return nextOf(scaling, "2.0.0");
  }

  /** Runs the release until its data is in place. */
  async function inPlace(spec: MongoRelease, options: Partial<EngineOptions> = {}): Promise<EngineRun> {
    const run = new EngineRun({ do: "release", spec }, processor, options);
    await run.inPlace();
    return run;
  }

  it("N10, N15: no pod runs while writes are closed; a confirmed release gives the replicas back", async () => {
    const spec = await ready("scale-confirmed");
    const run = await inPlace(spec);
    assert.deepEqual(await counts(), [0, 0]);
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.equal(await run.ended, true, run.said());
    assert.equal(run.last("closed").record.outcome, "released");
    await settledAt(replicas);
    assert.deepEqual(await counts(), [replicas, replicas]);
  });

  it("N16: a release that is taken back gives the replicas back", async () => {
    const spec = await ready("scale-failed");
    const run = await inPlace(spec);
    assert.deepEqual(await counts(), [0, 0]);
    run.signs.give("nobody confirms");
    assert.equal(await run.ended, false);
    assert.equal(run.last("closed").record.outcome, "rolled-back");
    await settledAt(replicas);
  });

  it("N15: what the roll-out has scaled up meanwhile is left as it is", async () => {
    const spec = await ready("scale-meanwhile");
    const run = await inPlace(spec);
    const body = await apps.readNamespacedDeployment({ namespace, name: writers });
    if (body.spec) body.spec.replicas = 1;
    await apps.replaceNamespacedDeployment({ namespace, name: writers, body });
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.equal(await run.ended, true, run.said());
    assert.equal((await counts())[0], 1);
    await apps.patchNamespacedDeployment({
      namespace,
      name: writers,
      body: [{ op: "replace", path: "/spec/replicas", value: replicas }],
    });
    await settledAt(replicas);
  });

  for (const [at, way, outcome] of [
    ["before close-writes", "resume", "rolled-back"],
    ["after close-writes", "resume", "rolled-back"],
    ["after close-writes", "release", "released"],
    ["before open-writes", "resume", "rolled-back"],
  ] as const) {
    it(`N15: killed ${at}, gone on with by ${way}: the former replicas come back`, async () => {
      const name = `scale-${at.replaceAll(" ", "-")}-${way}`;
      const spec = await ready(name);
      const environmentOfKill = { KILL_AT: String(await instantOf(at)) };
      const child = new ChildEngine(entry, { do: "release", spec }, environmentOfKill);
      if (at === "before open-writes") {
        await child.inPlace();
        child.closeInput();
      }
      assert.equal(await child.ended, "SIGKILL");
      if (at !== "before close-writes") assert.deepEqual(await counts(), [0, 0]);
      const next = new EngineRun({ do: way, spec }, processor, { lease: 2 });
      if (way === "release") {
        await next.inPlace();
        assert.deepEqual(await counts(), [0, 0]);
        const confirmation = new EngineRun({ do: "confirm", spec }, processor);
        assert.equal(await confirmation.ended, true, confirmation.said());
      }
      await next.ended;
      const status = new EngineRun({ do: "status", spec }, processor);
      await status.ended;
      assert.equal(status.last("status").status.writes, "open");
      assert.equal(next.last("closed").record.outcome, outcome);
      await settledAt(replicas);
    });
  }

  const instants: string[] = [];
  /** The number of an instant of a release that is taken back in the end. */
  async function instantOf(name: string): Promise<number> {
    if (instants.length === 0) {
      const spec = await ready("scale-instants");
      const run = await inPlace(spec, {
        boundary: (passed) => {
          instants.push(passed);
        },
      });
      run.signs.give("nobody confirms");
      await run.ended;
      await settledAt(replicas);
    }
    assert.ok(instants.includes(name), `${name} is none of ${instants.join(", ")}`);
    return instants.indexOf(name) + 1;
  }
});

/** A connection string with another database, its user still of the one before. */
function inDatabase(uri: string, database: string): string {
  const changed = new URL(uri);
  changed.searchParams.set("authSource", changed.searchParams.get("authSource") ?? "admin");
  changed.pathname = `/${database}`;
  return changed.toString();
}
