import assert from "node:assert/strict";
import { BSON, type Document } from "mongodb";
import { idRanges, inRange } from "../../../lib/data/store/id-ranges";
import { serverOfSuite, withClient } from "../server";

describe("Ranges of _id", () => {
  const server = serverOfSuite();

  const kinds: Readonly<Record<string, (n: number) => unknown>> = {
    numbers: (n) => (n % 2 === 0 ? n : new BSON.Double(n + 0.5)),
    texts: (n) => `id ${n}`,
    "object ids": (n) => new BSON.ObjectId(n.toString(16).padStart(24, "0")),
    "embedded documents": (n) => ({ a: n % 7, b: n }),
  };
  for (const [kind, id] of Object.entries(kinds)) {
    it(`hold each document once, and none of them is much larger than the others: ${kind}`, async () => {
      const counts = await countsOf(kind, 500, id);
      assert.equal(counts.length, 5);
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        500,
      );
      assert.ok(Math.max(...counts) < 250, counts.join());
    });
  }

  it("are one where _ids are of several kinds: comparisons keep to one, and would leave documents out", async () => {
    assert.deepEqual(await countsOf("mixed", 500, (n) => (n === 499 ? "last" : n)), [500]);
    assert.deepEqual(await countsOf("nan", 500, (n) => (n === 0 ? NaN : n)), [500]);
  });

  it("are one of a collection without documents, and where one is asked for", async () => {
    assert.deepEqual(await countsOf("empty", 0, (n) => n), [0]);
    assert.deepEqual(await countsOf("one", 10, (n) => n, 1), [10]);
  });

  /** Documents in each range. */
  function countsOf(
    collection: string,
    documents: number,
    id: (n: number) => unknown,
    most = 5,
  ): Promise<readonly number[]> {
    return withClient(server.uri, async (client) => {
      const db = client.db("id_ranges");
      const all = Array.from({ length: documents }, (_, n): Document => ({ _id: id(n) }));
      if (all.length > 0) await db.collection(collection).insertMany(all);
      const ranges = await idRanges(db, collection, most);
      return Promise.all(ranges.map((range) => db.collection(collection).countDocuments(inRange(range))));
    });
  }
});
