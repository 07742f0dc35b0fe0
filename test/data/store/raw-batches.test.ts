import assert from "node:assert/strict";
import { BSON, type AbstractCursor, type Collection } from "mongodb";
import { rawBatches } from "../../../lib/data/store/raw-batches";
import { firstStart, startServer, type TestServer, withClient } from "../server";

const count = 250;
const batchSize = 100;

describe("Reading a raw cursor by batches", () => {
  let server: TestServer;
  before(async function () {
    this.timeout(firstStart);
    server = await startServer();
    await withClient(server.uri, async (client) => {
      await client.db("batches").dropDatabase();
      await client
        .db("batches")
        .collection("numbers")
        .insertMany(Array.from({ length: count }, (_, n) => ({ n, text: "ä".repeat(n), inside: [{ n }] })));
    });
  });
  after(() => server.stop());

  const inCollection = <Result>(work: (collection: Collection) => Promise<Result>): Promise<Result> =>
    withClient(server.uri, (client) => work(client.db("batches").collection("numbers")));
  const rawCursor = (collection: Collection): AbstractCursor => collection.find({}, { raw: true, batchSize });
  const read = async (cursor: AbstractCursor): Promise<readonly (readonly Buffer[])[]> => {
    const batches = [];
    // Copied at once: the documents are views into replies.
    for await (const batch of rawBatches(cursor)) batches.push(Array.from(batch, (one) => Buffer.from(one)));
    return batches;
  };

  it("gives every document byte for byte as the driver does, in batches", () =>
    inCollection(async (collection) => {
      const wanted = await collection.find({}, { raw: true }).toArray();
      const batches = await read(rawCursor(collection));
      assert.deepEqual(
        batches.map((batch) => batch.length),
        [batchSize, batchSize, count - 2 * batchSize],
      );
      assert.deepEqual(
        batches.flat(),
        wanted.map((one) => Buffer.from(one as unknown as Uint8Array)),
      );
    }));

  it("gives nothing of a collection that is not there", () =>
    withClient(server.uri, async (client) => {
      assert.deepEqual(await read(rawCursor(client.db("batches").collection("none"))), []);
    }));

  it("asks the ordinary way where the driver keeps its replies elsewhere", () =>
    inCollection(async (collection) => {
      const cursor = rawCursor(collection);
      const elsewhere = new Proxy(cursor, {
        get: (target, name) => {
          const value: unknown = name === "documents" ? undefined : Reflect.get(target, name, target);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
      const found = (await read(elsewhere)).flat();
      assert.deepEqual(
        found.map((one) => BSON.deserialize(one)["n"] as number).sort((a, b) => a - b),
        [...Array(count).keys()],
      );
    }));

  it("closes the cursor when its reader stops early", () =>
    inCollection(async (collection) => {
      const cursor = rawCursor(collection);
      for await (const batch of rawBatches(cursor)) {
        assert.equal([...batch].length, batchSize);
        break;
      }
      assert.equal(cursor.killed, true);
    }));

  it("ends with the server's own error", () =>
    inCollection(async (collection) => {
      const cursor = collection.find({ $nonsense: 1 }, { raw: true }) as unknown as AbstractCursor;
      await assert.rejects(read(cursor), /\$nonsense/);
    }));
});
