import assert from "node:assert/strict";
import { MongoBulkWriteError, MongoNetworkError, type Db, type MongoClient } from "mongodb";
import type { StandIn } from "../../../tools/stand-in/launch";
import { Servers, buildTime, codeOf } from "./servers";

interface Numbered {
  _id: number;
  n?: number;
}

describe("what the stand-in server's core does otherwise than mongod, and its wrapper mends", () => {
  const servers = new Servers();
  let server: StandIn;
  let client: MongoClient;
  let db: Db;

  before(async function () {
    this.timeout(buildTime);
    server = await servers.start({ testCommands: true });
    client = await servers.connect(server, "slipway");
    db = client.db();
  });
  after(() => servers.end());

  it("35: says truly how many documents of a batch it took", async () => {
    const taken = db.collection<Numbered>("taken");
    await taken.insertOne({ _id: 2 });
    const counted = (expected: number) => (error: unknown) => {
      assert.ok(error instanceof MongoBulkWriteError);
      assert.equal(error.insertedCount, expected);
      return true;
    };
    await assert.rejects(taken.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]), counted(1));
    await assert.rejects(
      taken.insertMany([{ _id: 4 }, { _id: 2 }, { _id: 5 }], { ordered: false }),
      counted(2),
    );
    assert.deepEqual((await taken.distinct("_id")).sort(), [1, 2, 4, 5]);
  });

  it("stops an ordered bulk at its first error", async () => {
    const bulk = db.collection<Numbered>("bulk");
    await bulk.createIndex({ n: 1 }, { unique: true, sparse: true });
    await bulk.insertMany([{ _id: 1, n: 1 }, { _id: 2, n: 2 }, { _id: 3 }]);
    const updates = [2, 3].map((n) => ({
      updateOne: { filter: { _id: n }, update: { $set: { n: n === 2 ? 1 : 3 } } },
    }));
    assert.equal(await codeOf(bulk.bulkWrite(updates)), 11000);
    assert.deepEqual(await bulk.findOne({ _id: 3 }), { _id: 3 });
  });

  it("30: refuses a document over 16 MiB", async () => {
    const large = { text: "x".repeat(16 * 1024 * 1024) };
    assert.equal(await codeOf(db.command({ insert: "large", documents: [large] })), 10334);
  });

  it("drops an index of one collection only", async () => {
    for (const name of ["one", "other"]) {
      await db.collection(name).createIndex({ a: 1 });
      await db.collection(name).createIndex({ b: 1 });
    }
    await db.collection("one").dropIndex("a_1");
    await db.collection("one").dropIndexes();
    assert.deepEqual(
      (await db.collection("one").indexes()).map(({ name }) => name),
      ["_id_"],
    );
    assert.deepEqual(
      (await db.collection("other").indexes()).map(({ name }) => name),
      ["_id_", "a_1", "b_1"],
    );
  });

  it("renames with mongod's refusals", async () => {
    await db.collection<Numbered>("from").insertOne({ _id: 1 });
    await db.collection<Numbered>("to").insertOne({ _id: 2 });
    assert.equal(await codeOf(db.collection("from").rename("to")), 48);
    assert.equal(await codeOf(db.collection("nowhere").rename("x")), 26);
    await db.collection("from").rename("to", { dropTarget: true });
    assert.deepEqual(await db.collection("to").find().toArray(), [{ _id: 1 }]);
    assert.deepEqual(await db.listCollections({ name: "from" }).toArray(), []);
  });

  it("gives batches of the size that was asked for, and ends a cursor that is killed", async () => {
    await db.collection<Numbered>("many").insertMany(Array.from({ length: 250 }, (_, _id) => ({ _id })));
    const sizes: number[] = [];
    const { cursor } = await db.command({ find: "many" });
    const page = cursor as { id: unknown; firstBatch: unknown[] };
    sizes.push(page.firstBatch.length);
    const next = await db.command({ getMore: page.id, collection: "many", batchSize: 100 });
    sizes.push((next["cursor"] as { nextBatch: unknown[] }).nextBatch.length);
    assert.deepEqual(sizes, [101, 100]);
    await db.command({ killCursors: "many", cursors: [page.id] });
    assert.equal(await codeOf(db.command({ getMore: page.id, collection: "many" })), 43);
  });

  it("33: shows views, also of views, and refuses to write through them", async () => {
    await db.collection<Numbered>("base").insertMany([1, 2, 3].map((n) => ({ _id: n, n: n * 10 })));
    await db.createCollection("upper", { viewOn: "base", pipeline: [{ $match: { n: { $gt: 10 } } }] });
    await db.createCollection("named", { viewOn: "upper", pipeline: [{ $project: { n: 1 } }] });
    assert.deepEqual(
      await db
        .collection("named")
        .find({ _id: 3 as never })
        .toArray(),
      [{ _id: 3, n: 30 }],
    );
    assert.equal(await db.collection("named").countDocuments(), 2);
    assert.equal(await codeOf(db.collection("upper").insertOne({})), 166);
    assert.equal(await codeOf(db.collection("upper").rename("lower")), 166);
    const [view] = await db.listCollections({ type: "view", name: "upper" }).toArray();
    assert.equal(view?.name, "upper");
  });

  it("15: can fail, close the connection before or after a command, as a test asks", async () => {
    const fail = (data: object): Promise<unknown> =>
      client.db("admin").command({
        configureFailPoint: "failCommand",
        mode: { times: 1 },
        data: { failCommands: ["insert"], ...data },
      });
    const cut = db.collection<Numbered>("cut");
    await fail({ errorCode: 10107 });
    assert.equal(await codeOf(cut.insertOne({ _id: 1 })), 10107);
    await fail({ closeConnection: true });
    await assert.rejects(cut.insertOne({ _id: 2 }), MongoNetworkError);
    await fail({ closeConnection: true, afterwards: true });
    await assert.rejects(cut.insertOne({ _id: 3 }), MongoNetworkError);
    assert.deepEqual(await cut.find().toArray(), [{ _id: 3 }]);
  });

  it("never shows half a document while others write", async () => {
    const busy = db.collection<{ _id: number; a: number; b: number }>("busy");
    await busy.insertMany(Array.from({ length: 500 }, (_, _id) => ({ _id, a: 0, b: 0 })));
    const last = 40;
    const writer = (async () => {
      for (let n = 1; n <= last; n += 1) await busy.updateMany({}, { $set: { a: n, b: n } });
    })();
    for (let seen = 0; seen < last;) {
      for (const { a, b } of await busy.find().toArray()) {
        assert.equal(a, b);
        seen = a;
      }
    }
    await writer;
  });
});
