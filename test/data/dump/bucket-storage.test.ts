import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { parse, stringify } from "yaml";
import { processor } from "../../../lib/data/conductor/processor";
import type { BucketSpec, OpenedBucket } from "../../../lib/data/dump/bucket-spec";
import { BucketStorage } from "../../../lib/data/dump/bucket-storage";
import { getText, putText } from "../../../lib/data/dump/storage";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { packageRoot } from "../../../lib/package-root";
import { type Ran, runSlipway } from "../../cli/program";
import { scratch } from "../../scratch";
import { contentOf, EngineRun, releaseAndConfirm, specFor } from "../engine-run";
import { firstStart, startServer, type TestServer, withClient } from "../server";
import { catalogueMigrations, catalogueRelease, fillCatalogue, spread } from "../spread/catalogue";
import { WorkersHere } from "../spread/workers-here";
import { type Fault, ObjectStore } from "./object-store";

const mebibyte = 1024 * 1024;

describe("A bucket as the place of dumps", function () {
  this.timeout(60_000);
  let store: ObjectStore;
  let bucket: OpenedBucket;
  let storage: BucketStorage;

  before(async function () {
    this.timeout(firstStart);
    store = await ObjectStore.start();
    bucket = await store.bucket("releases");
    storage = BucketStorage.open(bucket, "dumps");
  });
  after(() => store.stop());
  afterEach(() => {
    store.fault = () => undefined;
  });

  /** Faults for the first requests of a kind. */
  function failFirst(times: number, method: string, fault: Fault): () => number {
    let left = times;
    store.fault = (what) => (what.startsWith(method) && left-- > 0 ? fault : undefined);
    return () => left;
  }

  it("holds files under names, lists what is below one, and removes it", async () => {
    const record = storage.within("prod-v2-7");
    await putText(record, "proof.json", "{}");
    await putText(record, "nmdc/a b+%25é.bson", "b");
    await putText(storage.within("prod-v2-77"), "proof.json", "[]");
    assert.deepEqual(
      [...(await record.list())],
      [
        ["nmdc/a b+%25é.bson", { bytes: 1 }],
        ["proof.json", { bytes: 2 }],
      ],
    );
    assert.equal(await getText(record, "nmdc/a b+%25é.bson"), "b");
    assert.equal(record.where("proof.json"), "s3://releases/dumps/prod-v2-7/proof.json");
    await record.remove("nmdc");
    assert.deepEqual([...(await record.list()).keys()], ["proof.json"]);
    await record.remove();
    assert.deepEqual([...(await storage.list()).keys()], ["prod-v2-77/proof.json"]);
    await assert.rejects(getText(record, "proof.json"), { name: "NoSuchKey" });
  });

  it("a large file goes in parts, is not there before it is whole, and any part of it can be read", async () => {
    const bytes = randomBytes(20 * mebibyte);
    const file = await storage.put("large.bson");
    for (let at = 0; at < bytes.length; at += mebibyte) await file.write(bytes.subarray(at, at + mebibyte));
    assert.ok(!(await storage.list()).has("large.bson"));
    await file.publish();
    assert.ok((await buffer(storage.get("large.bson"))).equals(bytes));
    const part = await buffer(storage.get("large.bson", { offset: 9 * mebibyte - 5, bytes: 10 }));
    assert.ok(part.equals(bytes.subarray(9 * mebibyte - 5, 9 * mebibyte + 5)));
    const sums = store.seen.filter(
      ({ what, headers }) => what.includes("partNumber=") && headers["x-amz-checksum-sha256"],
    );
    assert.equal(sums.length, 3);
  });

  it("joins objects to one: by itself where it can, through us where they are too small", async () => {
    const join = storage.within("join");
    for (const [whole, sizes] of [
      ["by itself", [6 * mebibyte, 5 * mebibyte, 3]],
      ["through us", [3, 0, 5]],
    ] as const) {
      const parts = sizes.map((size) => randomBytes(size));
      for (const [at, part] of parts.entries()) {
        const file = await join.put(`part ${at}`);
        await file.write(part);
        await file.publish();
      }
      await join.join(
        whole,
        parts.map((_, at) => `part ${at}`),
      );
      assert.ok((await buffer(join.get(whole))).equals(Buffer.concat(parts)), whole);
      await join.remove(whole);
    }
    assert.deepEqual([...(await join.list())], []);
    assert.ok(store.seen.some(({ headers }) => headers["x-amz-copy-source-range"] !== undefined));
  });

  it("what was given up, or left by somebody who died, leaves nothing", async () => {
    const folder = storage.within("given-up");
    for (const end of ["abandon", "die"]) {
      const file = await folder.put(`${end}.bson`);
      await file.write(randomBytes(9 * mebibyte));
      if (end === "abandon") await file.abandon();
    }
    await folder.remove();
    assert.equal(
      store.seen.filter(({ what }) => what.startsWith("DELETE") && what.includes("uploadId")).length,
      2,
    );
    assert.deepEqual([...(await folder.list())], []);
  });

  it("asks for the encryption that the config names", async () => {
    const encrypted = BucketStorage.open({ ...bucket, encryption: "AES256" }, "encrypted");
    await putText(encrypted, "proof.json", "{}");
    const [put] = store.seen.filter(
      ({ what }) => what.startsWith("PUT") && what.includes("encrypted/proof.json"),
    );
    assert.equal(put?.headers["x-amz-server-side-encryption"], "AES256");
  });

  it("a bucket that fails, slows down or breaks off in the middle is asked again; one that goes on failing is an error", async () => {
    const bytes = randomBytes(3 * mebibyte);
    const file = await storage.put("patience.bson");
    await file.write(bytes);
    const puts = failFirst(2, "PUT", { kind: "status", status: 503 });
    await file.publish();
    const cuts = failFirst(2, "GET", { kind: "cut-off" });
    assert.ok((await buffer(storage.get("patience.bson"))).equals(bytes));
    failFirst(1, "GET", { kind: "slow", milliseconds: 300 });
    assert.ok((await buffer(storage.get("patience.bson"))).equals(bytes));
    assert.ok(puts() < 0 && cuts() < 0);
    failFirst(Infinity, "GET", { kind: "status", status: 500 });
    await assert.rejects(buffer(storage.get("patience.bson")));
  });

  describe("of a release", function () {
    this.timeout(180_000);
    let server: TestServer;
    let migrations: string;
    before(async function () {
      this.timeout(firstStart);
      server = await startServer();
      migrations = catalogueMigrations();
    });
    after(() => server.stop());

    async function adopted(database: string, changes: Partial<ReleaseSpec>): Promise<ReleaseSpec> {
      await fillCatalogue(server.uri, database);
      await withClient(server.uri, (client) => client.db(database).createCollection("nothing"));
      const first = { ...catalogueRelease(specFor(server, database), "1.0.0", migrations), ...changes };
      await releaseAndConfirm(first, processor);
      return catalogueRelease(first, "2.0.0", migrations);
    }

    it("holds dump, pieces and proof of a spread one, also when it fails every tenth time; the content is a local run's", async () => {
      const local = await adopted("bucket_local", {});
      await releaseAndConfirm(local, processor);
      const next = await adopted("bucket_spread", { dump: { keep: "spread", bucket: told() } });
      let asked = 0;
      const faults: readonly Fault[] = [{ kind: "status", status: 503 }, { kind: "cut-off" }];
      store.fault = (what) =>
        ++asked % 10 > 0 || what.startsWith("HEAD") ? undefined : faults[(asked / 10) % 2];
      const run = new EngineRun({ do: "release", spec: { ...next, execution: spread() } }, processor, {
        workers: new WorkersHere(),
      });
      await run.inPlace();
      const confirmation = new EngineRun({ do: "confirm", spec: next }, processor);
      assert.equal(await confirmation.ended, true, confirmation.said());
      assert.equal(await run.ended, true, run.said());
      store.fault = () => undefined;
      assert.ok(asked > 50);
      assert.deepEqual(
        await contentOf(server.uri, "bucket_spread"),
        await contentOf(server.uri, "bucket_local"),
      );
      const kept = [
        ...(await BucketStorage.open(bucket, "spread").within(run.last("closed").record.id).list()).keys(),
      ];
      assert.deepEqual(
        kept.filter((name) => name.startsWith("spread-")),
        [],
      );
      for (const name of ["manifest.json", "proof.json", "bucket_spread/things.bson"])
        assert.ok(kept.includes(name), name);
      assert.doesNotMatch(JSON.stringify(run.events), new RegExp(bucket.key));
    });

    it("is verified, damage in it is found, and what nobody keeps is removed, by the command", async () => {
      const database = "bucket_command";
      const next = await adopted(database, { dump: { keep: "command", bucket: told() } });
      const { id } = (await releaseAndConfirm(next, processor)).last("closed").record;
      const slipway = commandOn(database);
      const proof = `s3://releases/command/${id}/proof.json`;
      const offline = await slipway("verify", proof, "--bucket-of", "dev");
      assert.match(offline.out, /the dump is whole/, offline.error);
      const online = await slipway("verify", proof, "--online", "dev");
      assert.match(online.out, /the database holds what the release put there/, online.error);
      const unnamed = await slipway("verify", proof);
      assert.match(unnamed.error, /no stack that says how to reach it.*--bucket-of <environment>/);
      store.fault = (what) => (what.includes("things.bson") ? { kind: "truncated" } : undefined);
      const damaged = await slipway("verify", proof, "--bucket-of", "dev");
      assert.match(damaged.error, /things\.bson: found a segment at byte 0 with SHA-256/);
      store.fault = () => undefined;

      const cleaned = await slipway("clean", "dev");
      assert.match(cleaned.error, /dropped the dump of test-v1\.0\.0-1/);
      const kept = [...(await BucketStorage.open(bucket, "command").list()).keys()];
      const ofFirst = kept.filter((name) => name.startsWith("test-v1.0.0-1/"));
      assert.deepEqual(
        ofFirst.filter((name) => name.split("/").length > 2),
        [],
      );
      assert.ok(ofFirst.includes("test-v1.0.0-1/proof.json") && kept.includes(`${id}/manifest.json`));
      assert.match((await slipway("status", "dev")).out, /open {5}nothing/);
      for (const { out, error } of [offline, online, unnamed, damaged, cleaned])
        assert.doesNotMatch(out + error, new RegExp(bucket.key));
    });

    /** The bucket as a release is told of it. */
    function told(): BucketSpec {
      const { keyId, key, ...place } = bucket;
      return { ...place, keyId: { kind: "value", value: keyId }, key: { kind: "value", value: key } };
    }

    /** `slipway data` beside a stack file that keeps the dumps of one release in the bucket. */
    function commandOn(database: string): (...args: readonly string[]) => Promise<Ran> {
      const folder = scratch("stack");
      const { keyId, key, ...place } = bucket;
      const file = parse(readFileSync(join(packageRoot(), "Pulumi.dev.yaml"), "utf8")) as {
        readonly config: Record<string, unknown>;
      };
      file.config["slipway:data"] = {
        store: { kind: "mongodb", uri: { env: "TEST_URI" }, canary: { env: "TEST_CANARY" }, database },
        schema: { package: "catalogue", version: "2.0.0" },
        migrations,
        dump: {
          keep: "command",
          retain: 1,
          bucket: { ...place, keyId: { env: "TEST_KEY_ID" }, key: { env: "TEST_KEY" } },
        },
      };
      file.config["slipway:services"] = {};
      delete file.config["slipway:verification"];
      writeFileSync(join(folder, "Pulumi.dev.yaml"), stringify(file));
      const access = { TEST_URI: server.uri, TEST_CANARY: server.writerUri };
      const env = { ...access, TEST_KEY_ID: keyId, TEST_KEY: key };
      return (...args) => runSlipway(folder, ["data", ...args], env);
    }
  });
});
