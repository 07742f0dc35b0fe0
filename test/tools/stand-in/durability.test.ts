import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CollectionInfo, Db } from "mongodb";
import type { StandIn } from "../../../tools/stand-in/launch";
import { Servers, buildTime, codeOf } from "./servers";

describe("the stand-in server's durable backend", () => {
  const servers = new Servers();
  let data: string;
  let server: StandIn;

  before(async function () {
    this.timeout(buildTime);
    data = await servers.folder();
    server = await servers.start({ data });
  });
  after(() => servers.end());

  const again = async (): Promise<Db> => {
    await server.kill();
    server = await servers.start({ data, passwords: server.passwords });
    return (await servers.connect(server, "slipway")).db();
  };
  const described = async (db: Db, name: string): Promise<CollectionInfo | undefined> => {
    const [found] = await db.listCollections({ name }, { nameOnly: false }).toArray();
    return found;
  };
  const identity = async (db: Db, name: string): Promise<string> => {
    return String((await described(db, name))?.info?.uuid);
  };

  it("keeps every acknowledged write over SIGKILL, and the collections' order, names, indexes and identities", async () => {
    const db = (await servers.connect(server, "slipway")).db();
    const a = db.collection<{ _id: number; n?: number }>("a");
    await a.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    await a.deleteOne({ _id: 2 });
    await a.updateOne({ _id: 3 }, { $set: { n: 3 } });
    await a.createIndex({ n: 1 }, { unique: true, sparse: true });
    await db.createCollection("gone");
    await db.collection("gone").drop();
    await db.createCollection("checked", { validator: { n: 1 }, validationLevel: "off" });
    await db.createCollection("seen", { viewOn: "b", pipeline: [{ $match: { n: 3 } }] });
    const before = await identity(db, "a");
    await a.rename("b");

    const later = await again();
    const b = later.collection<{ _id: number; n?: number }>("b");
    assert.deepEqual(await b.find().toArray(), [{ _id: 1 }, { _id: 3, n: 3 }]);
    assert.deepEqual(await later.collection("seen").find().toArray(), [{ _id: 3, n: 3 }]);
    assert.equal(await identity(later, "b"), before);
    assert.deepEqual(
      (await later.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort(),
      ["b", "checked", "seen"],
    );
    assert.deepEqual((await described(later, "checked"))?.options, {
      validator: { n: 1 },
      validationLevel: "off",
    });
    assert.deepEqual(
      (await b.indexes()).map(({ name }) => name),
      ["_id_", "n_1"],
    );
    assert.equal(await codeOf(b.insertOne({ _id: 4, n: 3 })), 11000);
    assert.equal(await codeOf(b.insertOne({ _id: 1 })), 11000);
  });

  it("keeps the write block and changed roles over SIGKILL", async () => {
    const admin = (await servers.connect(server, "slipway")).db("admin");
    const privileges = [{ resource: { db: "nmdc", collection: "" }, actions: ["find", "insert"] }];
    await admin.command({ updateRole: "nmdc_runtime", privileges, roles: [] });
    await admin.command({
      setUserWriteBlockMode: 1,
      global: true,
      reason: "ClusterToClusterMigrationInProgress",
    });

    await again();
    const user = (await servers.connect(server, "runtime")).db();
    assert.equal(await codeOf(user.collection("b").insertOne({})), 371);
    assert.equal(await codeOf(user.collection("b").deleteOne({})), 13);
    const release = (await servers.connect(server, "slipway")).db("admin");
    await release.command({
      setUserWriteBlockMode: 1,
      global: false,
      reason: "ClusterToClusterMigrationInProgress",
    });
    await user.collection("b").insertOne({ n: 9 });
  });

  it("forgets a torn last group, and nothing before it", async () => {
    const db = (await servers.connect(server, "slipway")).db();
    await db.collection<{ _id: string }>("torn").insertOne({ _id: "whole" });
    await db.collection<{ _id: string }>("torn").insertOne({ _id: "torn" });
    await server.kill();
    const journal = join(data, "journal");
    const bytes = await readFile(journal);
    await writeFile(journal, bytes.subarray(0, bytes.length - 3));
    server = await servers.start({ data, passwords: server.passwords });
    const later = (await servers.connect(server, "slipway")).db();
    assert.deepEqual(await later.collection("torn").find().toArray(), [{ _id: "whole" }]);
  });

  it("refuses a second server on the same data", async () => {
    await assert.rejects(servers.start({ data }), /is in use by another stand-in/);
  });
});
