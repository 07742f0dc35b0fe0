import assert from "node:assert/strict";
import type { Db } from "mongodb";
import { adopted, EngineRun, nextOf, specFor } from "./engine-run";
import { mayWrite } from "./kill/mongo-store";
import { processor } from "./plain-data";
import { serverOfSuite, withClient } from "./server";

interface Named {
  readonly _id: string;
}

/** What users do between the rehearsal and the closing of writes, and what of it the engine has to do again. */
describe("The closed time", () => {
  const server = serverOfSuite();

  /** Releases 2.0.0 while a user writes right after the rehearsal; answers how many collections each pass went over. */
  async function releaseWhile(
    database: string,
    write: (db: Db) => Promise<unknown>,
  ): Promise<readonly number[]> {
    const first = await adopted(server, database);
    let rehearsed = false;
    const run = new EngineRun({ do: "release", spec: nextOf(first, "2.0.0") }, processor, {
      boundary: async (name) => {
        if (name !== "after stage" || rehearsed) return;
        rehearsed = true;
        await withClient(server.writerUri, (client) => write(client.db(database)));
      },
    });
    await run.inPlace();
    const confirmation = new EngineRun({ do: "confirm", spec: nextOf(first, "2.0.0") }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    await run.ended;
    assert.equal(await mayWrite(server, database), true);
    return withClient(server.uri, async (client) => {
      const stages = await client
        .db(database)
        .collection<{ _id: number; detail: { collections: number } }>("_slipway_journal")
        .find({ step: "stage", kind: "intent", record: /2\.0\.0/ })
        .toArray();
      return stages.map(({ detail }) => detail.collections);
    });
  }

  const inDatabase = <Result>(database: string, ask: (db: Db) => Promise<Result>): Promise<Result> =>
    withClient(server.uri, (client) => ask(client.db(database)));

  it("nothing is done again when nobody wrote", async () => {
    assert.deepEqual(await releaseWhile("quiet", () => Promise.resolve()), [3]);
  });

  it("a write to a collection that no migration looks into: that collection alone is judged again", async () => {
    const passes = await releaseWhile("untouched", (db) =>
      db.collection<Named>("samples").insertOne({ _id: "late" }),
    );
    assert.deepEqual(passes, [3, 1]);
    assert.equal(
      await inDatabase("untouched", (db) => db.collection<Named>("samples").countDocuments({ _id: "late" })),
      1,
    );
  });

  it("a write to a collection that migrates: all that migrates is done again, and the write is there in its new shape", async () => {
    const passes = await releaseWhile("touched", (db) =>
      db.collection<Named>("studies").insertOne({ _id: "late" }),
    );
    assert.deepEqual(passes, [3, 2]);
    const late = await inDatabase("touched", (db) =>
      db.collection<Named>("studies").findOne({ _id: "late" }),
    );
    assert.deepEqual(late, { _id: "late", version: 2 });
  });

  it("a document that a user deleted stays deleted", async () => {
    await releaseWhile("deleted", (db) => db.collection<Named>("studies").deleteOne({ _id: "study-2" }));
    assert.equal(await inDatabase("deleted", (db) => db.collection("studies").countDocuments({})), 2);
  });

  it("34: one loss and one duplicate of the same count are told apart", async () => {
    const passes = await releaseWhile("swapped", async (db) => {
      await db.collection<Named>("samples").deleteOne({ _id: "sample-1" });
      await db.collection<Named>("samples").insertOne({ _id: "sample-9" });
    });
    assert.deepEqual(passes, [3, 1]);
  });

  it("26: a collection that appeared or disappeared after the rehearsal is seen, and everything is done again", async () => {
    const appeared = await releaseWhile("appeared", (db) =>
      db.collection<Named>("fresh").insertOne({ _id: "one" }),
    );
    assert.deepEqual(appeared, [3, 4]);
    const fresh = await inDatabase("appeared", (db) => db.collection<Named>("fresh").findOne({ _id: "one" }));
    assert.deepEqual(fresh, { _id: "one", version: 2 });
    const disappeared = await releaseWhile("disappeared", (db) => db.collection("sites").drop());
    assert.deepEqual(disappeared, [3, 2]);
  });

  it("40: the way back names the documents that users added, changed and removed since", async () => {
    await releaseWhile("named", () => Promise.resolve());
    await withClient(server.writerUri, async (client) => {
      const studies = client.db("named").collection<{ _id: string; name?: string }>("studies");
      await studies.insertOne({ _id: "mine" });
      await studies.updateOne({ _id: "study-1" }, { $set: { name: "mine" } });
      await studies.deleteOne({ _id: "study-3" });
    });
    const back = { ...specFor(server, "named"), hash: "sha256:back" };
    const run = new EngineRun({ do: "release", spec: back }, processor);
    assert.equal(await run.ended, false);
    assert.match(
      run.said(),
      /studies: found writes of users since the release: 1 added \("mine"\); 1 changed \("study-1"\); 1 removed \("study-3"\)/,
    );
  });
});
