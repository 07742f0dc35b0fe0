import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processor } from "../../../lib/data/conductor/processor";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { FolderStorage } from "../../../lib/data/dump/folder-storage";
import { loadMigrations } from "../../../lib/data/migrations";
import { prepareData } from "../../../lib/data/migrations/prepare";
import { processData } from "../../../lib/data/migrations/process";
import { MongoSource } from "../../../lib/data/store/mongo-source";
import { StandIn } from "../../../tools/stand-in/launch";
import { provideStandIn } from "../../../tools/stand-in/recipe";
import { embedded } from "../../embedded";
import { scratch } from "../../scratch";
import { ChildEngine } from "../kill/child-engine";
import { packageRoot } from "../../../lib/package-root";
import { besideNames, contentOf, EngineRun, specFor } from "../engine-run";
import { fillOthers, fillUpTo, others } from "../many-documents";
import { withClient } from "../server";
import { catalogueMigrations, catalogueRelease, fillCatalogue } from "./catalogue";
import { SpreadPlace } from "./place";

describe("A pass that is spread over pods", function () {
  this.timeout(300_000);
  let environment: EmbeddedEnvironment;
  let place: SpreadPlace;
  let migrations: string;
  let local: EngineRun;
  let localContent: Readonly<Record<string, string>>;

  before(async function () {
    environment = await embedded();
    if (environment.node === "played") {
      console.log("      skipped: workers are pods, and this machine has no real node");
      this.skip();
    }
    place = await SpreadPlace.make(environment, "spread");
    migrations = catalogueMigrations();
    local = await released(await adopted("pods_none"));
    localContent = await contentOf(environment.mongo.uri, "pods_none");
  });

  for (const workers of [1, 2]) {
    it(`makes the same with ${workers} pods as one process does`, async () => {
      const name = `pods_${workers}`;
      const next = { ...(await adopted(name)), execution: place.execution({ workers }) };
      const run = await released(next);
      assert.deepEqual(await contentOf(environment.mongo.uri, name), localContent);
      assert.deepEqual(run.last("closed").record.collections, local.last("closed").record.collections);
    });
  }

  it("makes the same with 4, of which some are killed at random instants", async () => {
    const next = { ...(await adopted("pods_killed")), execution: place.execution({ workers: 4 }) };
    const run = new EngineRun({ do: "release", spec: next }, processor);
    const seen: string[] = [];
    while (seen.length < 3) {
      const pod = await place.podWhere(
        (one) => place.isRunning(one) && !seen.includes(one.metadata?.name ?? ""),
      );
      seen.push(pod.metadata?.name ?? "");
      await sleep(Math.random() * 800);
      await place.kill(pod);
    }
    await confirmed(run, next);
    assert.deepEqual(await contentOf(environment.mongo.uri, "pods_killed"), localContent);
    assert.deepEqual(run.last("closed").record.collections, local.last("closed").record.collections);
    assert.deepEqual(await place.left(), []);
  });

  it("makes the same with 8, whose node is cordoned and drained in the middle", async () => {
    const resources = { cpu: "200m", memory: "512Mi" };
    const next = {
      ...(await adopted("pods_drained")),
      execution: place.execution({ workers: 8, resources }),
    };
    const run = new EngineRun({ do: "release", spec: next }, processor);
    const first = await place.podWhere((pod) => place.isRunning(pod));
    await place.cordon(true);
    const drained = await place.drain().finally(() => place.cordon(false));
    assert.ok(drained.includes(first.metadata?.name ?? ""), drained.join());
    await confirmed(run, next);
    assert.deepEqual(await contentOf(environment.mongo.uri, "pods_drained"), localContent);
    assert.deepEqual(run.last("closed").record.collections, local.last("closed").record.collections);
    assert.deepEqual(await place.left(), []);
  });

  it("400,000 documents go through 8 pods, and what they make is what one pass in this process makes", async function () {
    this.timeout(600_000);
    const gateway = new URL(environment.mongo.podReleaseUri).hostname;
    const folder = await provideStandIn({});
    const server = await StandIn.start({
      folder,
      heapMiB: 2048,
      listen: ["127.0.0.1:0", `${gateway}:0`],
    });
    const uri = server.uri("slipway");
    const database = "pods_many";
    await fillOthers(uri, database);
    const list = catalogueMigrations(
      `{ collections: { biosample_set: (one) => ({ ...one, seen: true }), study_set: (one) => one } }`,
      await others.collections(),
    );
    const store = specFor({ uri, writerUri: server.uri("runtime") }, database).store;
    const first = catalogueRelease({ ...place.spec(database), store }, "1.0.0", list);
    const execution = place.execution({
      workers: 8,
      uri: { kind: "value", value: uri.replace("127.0.0.1", gateway) },
      segment: 4,
      resources: { cpu: "200m", memory: "512Mi" },
    });
    await released(first);
    await fillUpTo(uri, database, 400_000);
    const next = { ...catalogueRelease(first, "2.0.0", list), execution };
    const chain = loadMigrations(list).chain("catalogue", "1.0.0", "2.0.0");
    const [schema, before, reports] = [next.schema, first.schema, new FolderStorage(scratch("reports"))];
    const prepared = await prepareData(chain, schema, before, { list });
    const expected = await withClient(uri, (client) => {
      const source = new MongoSource(client.db(database));
      return processData({ chain, schema, before, source, reports }, prepared);
    });
    const run = await released(next);
    assert.deepEqual(expected.changed, ["biosample_set"]);
    assert.deepEqual(run.last("closed").record.collections, expected.collections);
    const content = await contentOf(uri, database);
    for (const { collection, documentsAfter, hashAfter } of expected.collections)
      assert.equal(content[collection], `${documentsAfter}:${hashAfter}`, collection);
    await server.stop();
  });

  it("a coordinator that is killed leaves Jobs that the next one takes away", async () => {
    const next = { ...(await adopted("pods_alone")), execution: place.execution() };
    const engine = new ChildEngine(join(packageRoot(), "build", "cli", "engine.js"), {
      do: "release",
      spec: next,
    });
    await place.podWhere((pod) => place.isRunning(pod));
    process.kill(engine.pid, "SIGKILL");
    await engine.ended;
    assert.notDeepEqual(await place.left(), []);
    await released(next);
    assert.deepEqual(await contentOf(environment.mongo.uri, "pods_alone"), localContent);
    assert.deepEqual(await place.left(), []);
  });

  it("20: a document on which the migration raises fails the Job at once, with the worker's own words", async () => {
    const raises = catalogueMigrations(
      `{ collections: { things: (one) => { if (one["size"] === 777) throw new Error("no such size"); return one; } } }`,
    );
    const said = await refused({
      ...(await adopted("pods_raise")),
      migrations: raises,
      execution: place.execution(),
    });
    assert.match(said, /things, _id \{"\$numberInt":"777"\}: found the migration raised: no such size/);
  });

  it("a worker that is killed for its memory is told with the formula", async () => {
    const resources = { cpu: "500m", memory: "40Mi" };
    const said = await refused({ ...(await adopted("pods_oom")), execution: place.execution({ resources }) });
    assert.match(said, /more than its limit of 40Mi/);
    assert.match(said, /at least 235 MiB: 170 MiB, and 65 MiB for each of 1 thread/);
  });

  it("an image that can't be pulled is named", async () => {
    const image = place.image.replace(/[0-9a-f]{8}$/, "00000000");
    const said = await refused({
      ...(await adopted("pods_no_image")),
      execution: place.execution({ image }),
    });
    assert.match(said, /slipway:data\.execution\.image: found .*00000000/);
  });

  it("a worker of another version refuses, and its image is named", async () => {
    const execution = place.execution({ image: await place.otherEngine() });
    const said = await refused({ ...(await adopted("pods_other")), execution });
    assert.match(said, /found an engine with content hash sha256:.*allowed: the engine of the release/);
  });

  it("a quota that forbids pods is told in the cluster's words", async () => {
    const { namespace } = place;
    await place.core.createNamespacedResourceQuota({
      namespace,
      body: { metadata: { name: "none" }, spec: { hard: { pods: "0" } } },
    });
    const said = await refused({ ...(await adopted("pods_quota")), execution: place.execution() });
    await place.core.deleteNamespacedResourceQuota({ name: "none", namespace });
    assert.match(said, /exceeded quota: none/);
  });

  /** How a release is refused, which left the data and the cluster as they were. */
  async function refused(spec: ReleaseSpec): Promise<string> {
    const { uri } = environment.mongo;
    const database = spec.store.kind === "mongodb" ? spec.store.database : "";
    const before = await contentOf(uri, database);
    const run = new EngineRun({ do: "release", spec }, processor);
    assert.equal(await run.ended, false);
    assert.deepEqual(await contentOf(uri, database), before);
    assert.deepEqual(await besideNames(uri, database), []);
    assert.deepEqual(await place.left(), []);
    return run.said();
  }

  /** The system's first release, and the spec of its next one. */
  async function adopted(database: string): Promise<ReleaseSpec> {
    const { uri } = environment.mongo;
    await fillCatalogue(uri, database);
    await withClient(uri, (client) => client.db(database).createCollection("nothing"));
    const first = catalogueRelease(place.spec(database), "1.0.0", migrations);
    await released(first);
    return catalogueRelease(first, "2.0.0", migrations);
  }

  async function released(spec: ReleaseSpec): Promise<EngineRun> {
    return confirmed(new EngineRun({ do: "release", spec }, processor), spec);
  }

  async function confirmed(run: EngineRun, spec: ReleaseSpec): Promise<EngineRun> {
    await run.inPlace();
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.equal(await run.ended, true, run.said());
    return run;
  }
});
