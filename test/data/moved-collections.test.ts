import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Db, Document } from "mongodb";
import { processor } from "../../lib/data/conductor/processor";
import { bound } from "../../lib/data/migrations";
import { verifyOffline } from "../../lib/data/verify/verify-proof";
import { scratch } from "../scratch";
import {
  contentOf,
  EngineRun,
  fill,
  type MongoRelease,
  nextOf,
  releaseAndConfirm,
  specFor,
} from "./engine-run";
import { examples, writeStep } from "./migrations/support";
import { firstStart, startServer, type TestServer, withClient } from "./server";

const database = "moved";
const [study = {}] = examples()["study_set"] ?? [];
const [sample = {}] = examples()["processed_sample_set"] ?? [];
const [organism = {}] = examples()["organism_set"] ?? [];
const many = bound + 5;

/** Instruments become organisms under another name, all samples go, a collection is made. */
const migration = `import { defineMigration, removed } from "../../../lib/data/migrations/typescript/define";
export default defineMigration({
  renames: { instrument_set: "organism_set" },
  creates: { manifest_set: [{ _id: 1, id: "nmdc:manif-11-a", type: "nmdc:Manifest", manifest_category: "instrument_run" }] },
  collections: {
    instrument_set: (one) => ({ ...${JSON.stringify(organism)}, _id: one._id, id: one.id.replace("inst", "orgn") }),
    processed_sample_set: () => removed("made by mistake"),
  },
});`;

describe("Collections that a migration renames, makes and empties", () => {
  let server: TestServer;
  let second: MongoRelease;
  let back: MongoRelease;
  let original: Readonly<Record<string, string>>;
  let proof: string;

  before(async function () {
    this.timeout(firstStart);
    server = await startServer();
    const migrations = await writeStep(scratch("migrations"), "11.23.0-to-11.24.0", {
      "migration.ts": migration,
    });
    await fill(server.uri, database, {
      study_set: [{ _id: 1, ...study }],
      instrument_set: (examples()["instrument_set"] ?? []).map((one, n) => ({ _id: n, ...one })),
      processed_sample_set: Array.from({ length: many }, (_, n) => ({
        _id: n,
        ...sample,
        id: `nmdc:procsm-11-${n}`,
      })),
    });
    await inDatabase(async (db) => {
      await db.collection("instrument_set").createIndex({ id: 1 }, { unique: true, name: "by id" });
      await db.collection("instrument_set").createIndex({ seen: 1 }, { expireAfterSeconds: 3600 });
      await db.command({ collMod: "instrument_set", validator: { id: { $exists: true } } });
    });
    const schema = { package: "nmdc-schema", version: "11.23.0" };
    const first = specFor(server, database, { schema, migrations });
    await releaseAndConfirm(first, processor);
    original = await contentOf(server.uri, database);
    second = { ...nextOf(first, "11.24.0"), schema: { ...schema, version: "11.24.0" } };
    back = { ...first, hash: "sha256:back" };
    const released = await releaseAndConfirm(second, processor);
    proof = join(second.dump.keep, released.last("closed").record.id, "proof.json");
  });
  after(() => server.stop());

  const inDatabase = <Result>(ask: (db: Db) => Promise<Result>): Promise<Result> =>
    withClient(server.uri, (client) => ask(client.db(database)));

  async function indexesOf(collection: string): Promise<readonly unknown[]> {
    const indexes: readonly Document[] = await inDatabase((db) =>
      db.collection(collection).listIndexes().toArray(),
    );
    return indexes.map(({ name, unique, expireAfterSeconds }): readonly unknown[] => [
      name,
      unique,
      expireAfterSeconds,
    ]);
  }
  const own = [
    ["_id_", undefined, undefined],
    ["by id", true, undefined],
    ["seen_1", undefined, 3600],
  ];

  it("32: a renamed collection keeps its indexes and its options", async () => {
    assert.deepEqual(await indexesOf("organism_set"), own);
    const [info] = await inDatabase((db) =>
      db.listCollections({ name: "organism_set" }, { nameOnly: false }).toArray(),
    );
    assert.deepEqual(info && "options" in info && info.options?.validator, { id: { $exists: true } });
  });

  it("8: the list of all removed documents is checked with the proof: changed, or gone, it is found", async () => {
    const file = join(proof, "..", "removed.ndjson");
    const text = readFileSync(file, "utf8");
    assert.equal(text.trimEnd().split("\n").length, many);
    assert.deepEqual(await verifyOffline(proof), []);
    writeFileSync(file, text.replace("made by mistake", "made on purpose"));
    const [changed, ...more] = await verifyOffline(proof);
    assert.deepEqual([changed?.where, more], [file, []]);
    assert.match(`${changed?.found ?? ""} ${changed?.allowed ?? ""}`, /^SHA-256 \w{64} .*SHA-256 \w{64}$/);
    rmSync(file);
    assert.equal((await verifyOffline(proof))[0]?.found, "no such file");
    writeFileSync(file, text);
  });

  it("33: a way back that takes away what a view reads is refused, by plan and release, also while writes are closed", async () => {
    const view = (db: Db): Promise<unknown> =>
      db.createCollection("runs", { viewOn: "manifest_set", pipeline: [] });
    const found = /runs: found a view that reads manifest_set, which the release takes away/;
    const after = await contentOf(server.uri, database);
    await inDatabase(view);
    const plan = new EngineRun({ do: "plan", spec: back }, processor);
    assert.equal(await plan.ended, true, plan.said());
    assert.deepEqual(
      plan.last("plan").plan.problems.map(({ where }) => where),
      ["runs"],
    );
    const refused = new EngineRun({ do: "release", spec: back }, processor);
    assert.equal(await refused.ended, false);
    assert.match(refused.said(), found);
    assert.equal(refused.last("closed").record.outcome, "failed");
    await inDatabase((db) => db.dropCollection("runs"));

    const late = new EngineRun({ do: "release", spec: back }, processor, {
      boundary: async (name) => {
        if (name === "after close-writes") await inDatabase(view);
      },
    });
    assert.equal(await late.ended, false);
    assert.match(late.said(), found);
    assert.equal(late.last("closed").record.outcome, "rolled-back");
    assert.deepEqual(await contentOf(server.uri, database), after);
    await inDatabase((db) => db.dropCollection("runs"));
  });

  it("N18: the way back gives names, documents, indexes and expiry back", async () => {
    await releaseAndConfirm(back, processor);
    assert.deepEqual(await contentOf(server.uri, database), original);
    assert.deepEqual(await indexesOf("instrument_set"), own);
  });
});
