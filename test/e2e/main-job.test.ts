import { strict as assert } from "node:assert";
import { CoreV1Api } from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import type { RunningEvidence } from "../../lib/evidence/running-system";
import { current, imagesOf, mainJob, next, nmdcDocuments } from "../../tools/job/main-job";
import type { PlannedRelease, System } from "../../tools/job/system";
import { LoopbackRegistry } from "../../tools/images/registry";
import { packageRoot } from "../../lib/package-root";
import { silent } from "../../tools/toolchain/progress";
import { embedded, embeddedState } from "../embedded";
import { gitStatus } from "./untouched";

const root = packageRoot();

describe("the main job: one NMDC release, code and data", function () {
  this.timeout(600_000);
  let environment: EmbeddedEnvironment;
  let record: ReleaseRecordData;
  let system: System;
  let said = "";
  let checkout: string;
  let were: PlannedRelease;
  let are: PlannedRelease;

  before("the job has run", async () => {
    environment = await embedded();
    checkout = gitStatus();
    const say = (text: string): void => void (said += text);
    const print = (line: string): void => void (said += `${line}\n`);
    const job = { environment, root, state: embeddedState, progress: silent, print, show: say };
    ({ record, system } = await mainJob(job));
    [were, are] = [await imagesOf(environment, current), await imagesOf(environment, next)];
  });

  it("says which step it is at, and what changes in the stack file", () => {
    for (let step = 1; step <= 6; step++) assert.match(said, new RegExp(`^── ${step}/6 .+$`, "m"));
    assert.match(said, /^- {3}slipway:release: v2\.18\.0\n\+ {3}slipway:release: v2\.19\.0$/m);
    assert.match(said, /^\+ +digest: sha256:[0-9a-f]{64}$/m);
  });

  it("previews what changes in images and data", () => {
    const preview = part(said, "── 4/6", "── 5/6");
    assert.match(preview, /PinnedImage fastapi update/);
    assert.match(preview, /schema 11\.23\.0 → 11\.24\.0/);
    assert.match(preview, /12 of 237 documents would change/);
  });

  it("N17: the record names old and new schema, both images' digests before and after, and who released", () => {
    assert.equal(record.outcome, "released");
    assert.equal(record.release, next.version);
    assert.deepEqual(record.schema, { package: "nmdc-schema", from: current.schema, to: next.schema });
    for (const name of ["fastapi", "dagster"]) {
      const image = record.images.find((one) => one.name === name);
      assert.ok(image !== undefined);
      assert.ok(image.from?.endsWith(were.images[name]?.digest ?? "?"), image.from);
      assert.ok(image.to.endsWith(are.images[name]?.digest ?? "?"), image.to);
    }
    assert.notEqual(record.operator, "");
  });

  it("N17: the record counts every collection: 12 changed of 237 documents", () => {
    const documents = nmdcDocuments(root);
    const counts = Object.fromEntries(
      record.collections.map(({ collection, documentsAfter }) => [collection, documentsAfter]),
    );
    const given = Object.entries(documents).filter(([, { length }]) => length > 0);
    assert.deepEqual(counts, Object.fromEntries(given.map(([name, { length }]) => [name, length])));
    const touched = record.collections.filter(({ added, changed, removed }) => added + changed + removed > 0);
    assert.deepEqual(
      touched.map(({ collection, changed, added, removed }) => [collection, changed, added, removed]).sort(),
      [
        ["data_generation_set", 1, 0, 0],
        ["study_set", 11, 0, 0],
      ],
    );
    for (const { collection, hashBefore, hashAfter } of record.collections) {
      const changed = ["data_generation_set", "study_set"].includes(collection);
      assert.equal(hashBefore !== hashAfter, changed, collection);
    }
  });

  it("N17: the record has durations, the time that writers were refused, the migration's hash and one over all", () => {
    for (const stage of ["rehearse", "close-writes", "dump", "swap", "roll-out", "re-open"] as const)
      assert.ok((record.durations[stage] ?? -1) >= 0, stage);
    const took = Date.parse(record.closedAt ?? "") - Date.parse(record.openedAt);
    assert.ok(record.closedFor !== undefined && record.closedFor > 0 && record.closedFor <= took);
    assert.match(record.hash, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual(
      record.migrations.map(({ id }) => id),
      ["nmdc-schema/11.23.0-to-11.24.0"],
    );
    assert.ok(said.includes(record.hash));
  });

  it("N5: every pod runs the digest that was released, and the API tells version and schema", async () => {
    const { items } = await system.kube().makeApiClient(CoreV1Api).listNamespacedPod({
      namespace: system.namespace,
    });
    const running = items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map(({ metadata, status }) => [
        metadata?.labels?.["app"] ?? "",
        status?.containerStatuses?.[0]?.imageID.split("@")[1],
      ]);
    assert.deepEqual(
      running.sort(),
      [
        ["dagster-dagit", are.images["dagster"]?.digest],
        ["dagster-daemon", are.images["dagster"]?.digest],
        ["runtime-api", are.images["fastapi"]?.digest],
      ].sort(),
    );
    const verified = (await system.stack.resources()).find(({ type }) => type.endsWith(":RunningSystem"));
    const { pods, answers } = verified?.outputs["evidence"] as RunningEvidence;
    assert.equal(pods.length, 3);
    assert.deepEqual(
      answers.map(({ answer }) => [answer["version"], answer["schema"], answer["database"]]),
      [[next.version, next.schema, "reachable"]],
    );
  });

  it("the digests are the registry's own answers", async () => {
    const registry = new LoopbackRegistry(environment.registry);
    for (const { repository, digest } of Object.values(are.images)) {
      const name = repository.slice(repository.indexOf("/") + 1);
      assert.equal(await registry.digest(name, next.version), digest);
    }
  });

  it("X3: the second up changed nothing, and opened no record", async () => {
    const again = part(said, "── 6/6", "Record ");
    assert.match(again, /^Resources:\n +\d+ unchanged$/m);
    const opened = await system.withDatabase((db) =>
      db.collection("_slipway_journal").distinct("record", { kind: "opened" }),
    );
    assert.equal(opened.length, 2, JSON.stringify(opened));
  });

  it("leaves the checkout as it was", () => {
    assert.equal(gitStatus(), checkout);
  });
});

/** What was printed between two headings. */
function part(text: string, from: string, to: string): string {
  const start = text.indexOf(from);
  assert.ok(start >= 0, text);
  return text.slice(start, text.indexOf(to, start + from.length));
}
