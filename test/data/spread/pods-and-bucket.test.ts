import assert from "node:assert/strict";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import { processor } from "../../../lib/data/conductor/processor";
import type { OpenedBucket } from "../../../lib/data/dump/bucket-spec";
import { BucketStorage } from "../../../lib/data/dump/bucket-storage";
import type { DumpSpec, ReleaseSpec } from "../../../lib/data/protocol";
import { embedded } from "../../embedded";
import { type Asked, type Fault, ObjectStore } from "../dump/object-store";
import { contentOf, EngineRun, releaseAndConfirm } from "../engine-run";
import { withClient } from "../server";
import { catalogueMigrations, catalogueRelease, fillCatalogue } from "./catalogue";
import { SpreadPlace } from "./place";

describe("Pods that share a bucket instead of a volume", function () {
  this.timeout(300_000);
  let environment: EmbeddedEnvironment;
  let place: SpreadPlace;
  let store: ObjectStore | undefined;
  let bucket: OpenedBucket;

  before(async function () {
    environment = await embedded();
    if (environment.node === "played") {
      console.log("      skipped: workers are pods, and this machine has no real node");
      this.skip();
    }
    place = await SpreadPlace.make(environment, "spread-bucket");
    store = await ObjectStore.start(place.host);
    bucket = await store.bucket("releases");
  });
  after(() => store?.stop());

  it("make the same as one process, though the bucket fails, is slow and gives half of a piece; its key is in a Secret only", async () => {
    const migrations = catalogueMigrations();
    const local = await adopted("bucket_of_none", migrations);
    const localRun = await releaseAndConfirm(local, processor);
    const next: ReleaseSpec = {
      ...(await adopted("bucket_of_pods", migrations)),
      execution: { ...place.execution(), claim: undefined },
      dump: dumps(),
    };
    const troubled = troubles();
    const run = new EngineRun({ do: "release", spec: next }, processor);
    const [pod] = await Promise.all([place.podWhere(({ status }) => status?.phase === "Running")]);
    await run.inPlace();
    assert.equal(await new EngineRun({ do: "confirm", spec: next }, processor).ended, true);
    assert.equal(await run.ended, true, run.said());

    const { uri } = environment.mongo;
    assert.deepEqual(await contentOf(uri, "bucket_of_pods"), await contentOf(uri, "bucket_of_none"));
    const { collections, id } = run.last("closed").record;
    assert.deepEqual(collections, localRun.last("closed").record.collections);
    assert.deepEqual(troubled(), { failed: true, slow: true, truncated: true });
    assert.deepEqual(await place.left(), []);
    const kept = await BucketStorage.open(bucket, "dumps").within(id).list();
    assert.ok(kept.has("proof.json") && kept.has("bucket_of_pods/things.bson"), [...kept.keys()].join());
    assert.equal(
      pod.spec?.volumes?.some(({ secret }) => secret !== undefined),
      true,
    );
    assert.doesNotMatch(JSON.stringify([pod, run.events]), new RegExp(bucket.key));
  });

  function dumps(): DumpSpec {
    const { keyId, key, ...named } = bucket;
    const value = (text: string) => ({ kind: "value", value: text }) as const;
    return { keep: "dumps", bucket: { ...named, keyId: value(keyId), key: value(key) } };
  }

  /** Makes the bucket troublesome to pods. @returns which troubles they had. */
  function troubles(): () => Readonly<Record<"failed" | "slow" | "truncated", boolean>> {
    const had = { failed: false, slow: false, truncated: false };
    let asked = 0;
    const fault = (what: string, { from, headers }: Asked): Fault | undefined => {
      if (from === place.host) return undefined;
      if (what.startsWith("GET") && headers.range !== undefined && !had.truncated) {
        had.truncated = true;
        return { kind: "truncated" };
      }
      asked += 1;
      if (asked % 10 === 5) {
        had.failed = true;
        return { kind: "status", status: 503 };
      }
      if (asked % 10 > 0) return undefined;
      had.slow = true;
      return { kind: "slow", milliseconds: 300 };
    };
    if (store) store.fault = fault;
    return () => had;
  }

  /** The system's first release, and the spec of its next one. */
  async function adopted(database: string, migrations: string): Promise<ReleaseSpec> {
    const { uri } = environment.mongo;
    await fillCatalogue(uri, database);
    await withClient(uri, (client) => client.db(database).createCollection("nothing"));
    const first = catalogueRelease(place.spec(database), "1.0.0", migrations);
    await releaseAndConfirm(first, processor);
    return catalogueRelease(first, "2.0.0", migrations);
  }
});
