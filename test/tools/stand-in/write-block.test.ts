import assert from "node:assert/strict";
import type { Db } from "mongodb";
import { MongoBulkWriteError } from "mongodb";
import type { StandIn } from "../../../tools/stand-in/launch";
import { Servers, buildTime, codeOf } from "./servers";

describe("setUserWriteBlockMode on the stand-in server", () => {
  const servers = new Servers();
  let server: StandIn;
  let release: Db;
  let user: Db;

  before(async function () {
    this.timeout(buildTime);
    server = await servers.start();
    release = (await servers.connect(server, "slipway")).db();
    user = (await servers.connect(server, "runtime")).db();
  });
  after(() => servers.end());

  const block = (global: boolean, reason?: string): Promise<unknown> =>
    release
      .admin()
      .command({ setUserWriteBlockMode: 1, global, ...(reason === undefined ? {} : { reason }) });
  const mode = async (): Promise<unknown> => {
    const status = await release.admin().command({ serverStatus: 1 });
    return (status["repl"] as Record<string, unknown>)["userWriteBlockMode"];
  };

  it("refuses every write of an ordinary user with code 371, and none of the release's", async () => {
    await user.collection("a").insertOne({ n: 1 });
    assert.equal(await mode(), 1);
    await block(true);
    try {
      assert.equal(await mode(), 2);
      assert.equal(await codeOf(user.collection("a").insertOne({})), 371);
      assert.equal(await codeOf(user.collection("a").updateOne({ n: 1 }, { $set: { n: 2 } })), 371);
      assert.equal(await codeOf(user.collection("a").deleteOne({ n: 1 })), 371);
      assert.equal(await codeOf(user.collection("a").findOneAndUpdate({ n: 1 }, { $set: { n: 2 } })), 371);
      assert.equal(await codeOf(user.createCollection("b")), 371);
      assert.equal(await codeOf(user.collection("a").createIndex({ n: 1 })), 371);
      assert.equal(await codeOf(user.collection("a").drop()), 371);
      assert.equal(await codeOf(user.collection("a").rename("b")), 371);
      assert.equal(
        await codeOf(
          user
            .collection("a")
            .aggregate([{ $out: "b" }])
            .toArray(),
        ),
        371,
      );
      assert.equal(await user.collection("a").countDocuments({ n: 1 }), 1);
      await release.collection("a").insertOne({ n: 3 });
    } finally {
      await block(false);
    }
    await user.collection("a").insertOne({ n: 4 });
    assert.deepEqual((await user.collection("a").distinct("n")).sort(), [1, 3, 4]);
  });

  it("answers a blocked batch with an error for each document when it is unordered", async () => {
    await block(true);
    try {
      const batch = user.collection("a").insertMany([{}, {}, {}], { ordered: false });
      await assert.rejects(batch, (error) => {
        assert.ok(error instanceof MongoBulkWriteError);
        assert.equal(error.insertedCount, 0);
        assert.equal([error.writeErrors].flat().length, 3);
        return true;
      });
    } finally {
      await block(false);
    }
  });

  it("refuses another reason than the one that holds, for enabling and for disabling", async () => {
    await block(true, "DiskUseThresholdExceeded");
    try {
      assert.equal(await codeOf(block(true)), 20);
      assert.equal(await codeOf(block(false)), 20);
      assert.equal(await codeOf(block(true, "no reason")), 2);
      await block(true, "DiskUseThresholdExceeded");
      assert.equal(await mode(), 2);
    } finally {
      await block(false, "DiskUseThresholdExceeded");
    }
    assert.equal(await mode(), 1);
    await block(false);
  });
});
