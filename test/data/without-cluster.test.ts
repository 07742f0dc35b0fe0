import assert from "node:assert/strict";
import { AppsV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { embedded } from "../embedded";
import {
  contentOf,
  EngineRun,
  fill,
  type MongoRelease,
  nextOf,
  releaseAndConfirm,
  specFor,
} from "./engine-run";
import { ChildEngine, compiledEntry } from "./kill/child-engine";
import { data, processor } from "./plain-data";

const namespace = "without-cluster";
const [name, oldImage, newImage] = ["api", "example.org/api:1", "example.org/api:2"];

/** On the environment's own cluster: a workload of no pods, whose image tells what became of it. */
describe("A bad night on which the cluster does not answer", function () {
  this.timeout(120_000);
  let environment: EmbeddedEnvironment;
  let apps: AppsV1Api;
  let entry: string;

  before(async () => {
    environment = await embedded();
    entry = compiledEntry();
    const config = new KubeConfig();
    config.loadFromFile(environment.kubeconfig);
    apps = config.makeApiClient(AppsV1Api);
    const core = config.makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { containers: [{ name, image: oldImage }] } };
    const spec = { replicas: 0, selector: { matchLabels: labels }, template };
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name }, spec } });
  });
  after(async () => {
    const config = new KubeConfig();
    config.loadFromFile(environment.kubeconfig);
    await config.makeApiClient(CoreV1Api).deleteNamespace({ name: namespace });
  });

  /** A database on schema 1.0.0 and the workload on its old image; returns the release that leads to 2.0.0. */
  async function ready(database: string): Promise<MongoRelease> {
    const { uri, userUri } = environment.mongo;
    await setImage(oldImage);
    await fill(uri, database, data);
    const cluster = {
      kubeconfig: { kind: "file", path: environment.kubeconfig },
      namespace,
      workloads: [{ kind: "Deployment", name }],
    } as const;
    const first = specFor({ uri, writerUri: userUri }, database, { cluster });
    await releaseAndConfirm(first, processor);
    return nextOf(first, "2.0.0");
  }

  async function setImage(image: string): Promise<void> {
    const path = "/spec/template/spec/containers/0/image";
    await apps.patchNamespacedDeployment({ namespace, name, body: [{ op: "replace", path, value: image }] });
  }

  async function image(): Promise<string | undefined> {
    const { spec } = await apps.readNamespacedDeployment({ namespace, name });
    return spec?.template.spec?.containers[0]?.image;
  }

  /** The same release on a machine that knows no way to the cluster. */
  function cutOff(spec: MongoRelease): MongoRelease {
    const server = "https://127.0.0.1:1";
    const value = `apiVersion: v1
kind: Config
clusters: [{ name: gone, cluster: { server: "${server}" } }]
users: [{ name: nobody, user: {} }]
contexts: [{ name: gone, context: { cluster: gone, user: nobody } }]
current-context: gone
`;
    return {
      ...spec,
      cluster: { namespace, workloads: [{ kind: "Deployment", name }], kubeconfig: { kind: "value", value } },
    };
  }

  /** The same release, asked without its cluster. */
  function alone(spec: MongoRelease): MongoRelease {
    const { cluster, ...dataOnly } = spec;
    assert.ok(cluster);
    return dataOnly;
  }

  const ask = async (what: "resume" | "rollback" | "status", spec: MongoRelease): Promise<EngineRun> => {
    const run = new EngineRun({ do: what, spec }, processor);
    await run.ended;
    return run;
  };

  const warnings = (run: EngineRun): string =>
    run.events.flatMap((event) => (event.event === "warning" ? [event.says] : [])).join("\n");

  it("N16: resume brings the old data back, keeps writes closed for the new code, and says how to go on", async () => {
    const spec = await ready("night-resume");
    const old = await contentOf(environment.mongo.uri, "night-resume");
    const child = new ChildEngine(entry, { do: "release", spec });
    await child.inPlace();
    await setImage(newImage);
    child.signal("SIGKILL");
    await child.ended;
    const refused = await ask("resume", cutOff(spec));
    assert.match(refused.said(), /workloads api[^]*a cluster that does not answer/);
    assert.match(refused.said(), /slipway data resume test --without-cluster/);
    assert.match(refused.said(), /kubectl set image deployment\/api api=example\.org\/api:1/);
    assert.deepEqual(await contentOf(environment.mongo.uri, "night-resume"), old);
    assert.equal((await ask("status", spec)).last("status").status.writes, "closed");
    const resumed = await ask("resume", spec);
    assert.equal(resumed.last("closed").record.outcome, "rolled-back");
    assert.equal(await image(), oldImage);
  });

  it("N16: resume without the cluster opens writes, and leaves the workloads to people by name", async () => {
    const spec = await ready("night-alone");
    const child = new ChildEngine(entry, { do: "release", spec });
    await child.inPlace();
    await setImage(newImage);
    child.signal("SIGKILL");
    await child.ended;
    const resumed = await ask("resume", alone(spec));
    assert.equal(resumed.last("closed").record.outcome, "rolled-back");
    assert.equal(resumed.last("status").status.writes, "open");
    assert.match(
      warnings(resumed),
      /left as they are; by hand: kubectl set image deployment\/api api=example/,
    );
    assert.equal(await image(), newImage);
  });

  it("N18: rollback changes nothing without an answer; without the cluster it takes back the data alone", async () => {
    const spec = await ready("night-rollback");
    const old = await contentOf(environment.mongo.uri, "night-rollback");
    await releaseAndConfirm(spec, processor);
    await setImage(newImage);
    const refused = await ask("rollback", cutOff(spec));
    assert.match(
      refused.said(),
      /Deployment without-cluster\/api[^]*slipway data rollback test --without-cluster/,
    );
    assert.equal((await ask("status", spec)).last("status").status.schema, "2.0.0");
    const back = await ask("rollback", alone(spec));
    assert.equal(back.last("status").status.schema, "1.0.0", back.said());
    assert.deepEqual(await contentOf(environment.mongo.uri, "night-rollback"), old);
    assert.match(warnings(back), /kubectl set image deployment\/api api=example\.org\/api:1/);
  });
});
