import assert from "node:assert/strict";
import { BSON } from "mongodb";
import { scratch } from "../scratch";
import {
  besideNames,
  contentOf,
  EngineRun,
  fill,
  type MongoRelease,
  nextOf,
  releaseAndConfirm,
  releasedOnce,
  specFor,
} from "./engine-run";
import { failPoint, wholeBlocks } from "./fault-laboratory";
import { ChildEngine, compiledEntry } from "./kill/child-engine";
import { mayWrite } from "./kill/mongo-store";
import { processor } from "./plain-data";
import { plainProcessor } from "./plain-processor";
import { serverOfSuite, setClock, withClient } from "./server";

const hour = 3600;

/** Servers that jump in time, step down, lie and break off; and owners that come back as another. */
describe("Faults of servers and of owners", () => {
  const server = serverOfSuite({ testCommands: true });
  let entry: string;
  before(() => {
    entry = compiledEntry();
  });

  const ready = (database: string): Promise<MongoRelease> => releasedOnce(server, database);

  const countOf = (database: string, version: number): Promise<number> =>
    withClient(server.uri, (client) => client.db(database).collection("studies").countDocuments({ version }));

  async function whole(spec: MongoRelease, outcome: "released" | "rolled-back" | "failed"): Promise<void> {
    const status = new EngineRun({ do: "status", spec }, processor);
    assert.equal(await status.ended, true, status.said());
    const { open, writes, last } = status.last("status").status;
    assert.deepEqual([open, writes, last?.outcome], [undefined, "open", outcome]);
    assert.equal(await mayWrite(server, spec.store.database), true);
    const left = (await besideNames(server.uri, spec.store.database)).filter((name) =>
      name.includes("__new_"),
    );
    assert.deepEqual(left, []);
  }

  describe("14: a server's clock that jumps", () => {
    before(function () {
      if (server.kind === "mongod") this.skip(); // Needs the stand-in's clock.
    });
    afterEach(() => setClock(server, 0));

    it("an hour ahead: whoever confirms finishes the release, and its owner does no harm", async () => {
      const spec = await ready("ahead");
      const run = new EngineRun({ do: "release", spec }, processor);
      await run.inPlace();
      await setClock(server, hour);
      const confirmation = new EngineRun({ do: "confirm", spec }, processor);
      assert.equal(await confirmation.ended, true, confirmation.said());
      await run.ended;
      await whole(spec, "released");
      assert.equal(await countOf("ahead", 2), 3);
    });

    it("an hour ahead, between the renames: one of two owners ends it, and the data is whole", async () => {
      const spec = await ready("ahead-swap");
      let second: EngineRun | undefined;
      const first = new EngineRun({ do: "release", spec }, processor, {
        boundary: async (name) => {
          if (name !== "after rename sites to sites__old_2") return;
          await setClock(server, hour);
          second = new EngineRun({ do: "resume", spec }, processor);
          await second.ended;
        },
      });
      assert.equal(await first.ended, false);
      assert.ok(second);
      assert.equal(await second.ended, true, second.said());
      await whole(spec, "rolled-back");
      assert.deepEqual([await countOf("ahead-swap", 2), await countOf("ahead-swap", 1)], [0, 0]);
    });

    it("an hour back: a dead owner of another machine does not hold the lock until that hour is over", async () => {
      const spec = await ready("back");
      await setClock(server, hour);
      const child = new ChildEngine(entry, { do: "release", spec });
      assert.equal(await child.heard("in-place"), true);
      child.signal("SIGKILL");
      await child.ended;
      await withClient(server.uri, (client) =>
        client
          .db("back")
          .collection<{ _id: string }>("_slipway_state")
          .updateOne({ _id: "lock" }, { $set: { "owner.machine": "elsewhere" } }),
      );
      await setClock(server, 0);
      const resume = new EngineRun({ do: "resume", spec }, processor);
      assert.equal(await resume.ended, true, resume.said());
      await whole(spec, "rolled-back");
    });
  });

  const notWritablePrimary = 10107;
  const cursorNotFound = 43;
  for (const [what, settings] of [
    [
      "the primary steps down while documents are loaded",
      { failCommands: ["insert"], namespace: "down.studies__new_2", errorCode: notWritablePrimary },
    ],
    [
      "the primary steps down during a rename",
      { failCommands: ["renameCollection"], errorCode: notWritablePrimary },
    ],
    [
      "a cursor is not found any more",
      { failCommands: ["find"], namespace: "down.studies", errorCode: cursorNotFound },
    ],
  ] as const) {
    it(`16: ${what}`, async function () {
      if (server.kind === "mongod") this.skip(); // A real one steps down in the next test.
      await withClient(server.uri, (client) => client.db("down").dropDatabase());
      const spec = await ready("down");
      const before = await contentOf(server.uri, "down");
      await failPoint(server, { times: 1 }, settings);
      const run = new EngineRun({ do: "release", spec }, processor);
      assert.equal(await run.ended, false);
      await failPoint(server, "off");
      const resume = new EngineRun({ do: "resume", spec }, processor);
      assert.equal(await resume.ended, true, resume.said());
      assert.deepEqual(await contentOf(server.uri, "down"), before);
      await releaseAndConfirm({ ...spec, dump: { keep: scratch("dump") } }, processor);
      await whole(spec, "released");
    });
  }

  it("16: a real primary that steps down during the swap (needs SLIPWAY_TEST_MONGO_URI: a replica set)", async function () {
    if (server.kind !== "mongod") this.skip();
    const spec = await ready("stepped-down");
    const run = new EngineRun({ do: "release", spec }, processor, {
      boundary: async (name) => {
        if (name !== "before swap") return;
        await withClient(server.uri, (client) =>
          client
            .db("admin")
            .command({ replSetStepDown: 10, force: true })
            .catch(() => undefined),
        );
      },
    });
    await run.ended;
    await new EngineRun({ do: "resume", spec }, processor).ended;
    await releaseAndConfirm({ ...spec, hash: "sha256:again" }, processor);
    assert.equal(await countOf("stepped-down", 2), 3);
  });

  it("22: another migration between the crash and the next attempt: nothing of the first is mixed in", async () => {
    const spec = await ready("other-script");
    const child = new ChildEngine(entry, { do: "release", spec });
    assert.equal(await child.heard("in-place"), true);
    child.signal("SIGKILL");
    await child.ended;
    assert.equal(await countOf("other-script", 2), 3);
    const mended = plainProcessor((collection, document) =>
      collection === "studies" ? { ...document, version: new BSON.Int32(22) } : document,
    );
    // The content of its migrations is part of a release's hash.
    const next = { ...spec, hash: "sha256:mended" };
    const refused = new EngineRun({ do: "confirm", spec: next }, mended);
    assert.equal(await refused.ended, false);
    assert.match(refused.said(), /another content/);
    const run = await releaseAndConfirm(next, mended);
    assert.equal(run.last("closed").record.hash, "sha256:mended");
    assert.deepEqual([await countOf("other-script", 2), await countOf("other-script", 22)], [0, 3]);
    await whole(next, "released");
  });

  it("12: the same release started twice: one does it, the other says who", async () => {
    const spec = await ready("twice");
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    const again = new EngineRun({ do: "release", spec }, processor);
    assert.equal(await again.ended, false);
    assert.match(again.said(), /release v2\.0\.0 of ana at work/);
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    await run.ended;
    await whole(spec, "released");
  });

  it("15: a connection that is cut once while documents are loaded: they are sent again, none twice", async function () {
    if (server.kind === "mongod") this.skip(); // Needs the stand-in's fail points.
    for (const afterwards of [false, true]) {
      const database = afterwards ? "cut-after" : "cut-before";
      const spec = await ready(database);
      const namespace = `${database}.studies__new_2`;
      await failPoint(
        server,
        { times: 1 },
        { failCommands: ["insert"], namespace, closeConnection: true, afterwards },
      );
      await releaseAndConfirm(spec, processor);
      await failPoint(server, "off");
      assert.equal(await countOf(database, 2), 3);
      await whole(spec, "released");
    }
  });

  it("35: a document on which the server closes the connection is found by halves, and named", async function () {
    if (server.kind === "mongod") this.skip(); // Needs the stand-in's fail points.
    await fill(server.uri, "unbearable", {
      studies: Array.from({ length: 100 }, (_, n) => ({ _id: `study-${n}` })),
    });
    const first = specFor(server, "unbearable");
    await releaseAndConfirm(first, processor);
    const before = await contentOf(server.uri, "unbearable");
    const spec = nextOf(first, "2.0.0");
    await failPoint(server, "alwaysOn", {
      failCommands: ["insert"],
      namespace: "unbearable.studies__new_2",
      closeConnection: true,
      holding: "study-71",
    });
    const run = new EngineRun({ do: "release", spec }, wholeBlocks);
    assert.equal(await run.ended, false);
    await failPoint(server, "off");
    assert.deepEqual(
      run.last("failed").problems.map(({ where }) => where),
      ['studies, _id "study-71"'],
    );
    assert.match(run.said(), /the server closes the connection/);
    assert.deepEqual(await contentOf(server.uri, "unbearable"), before);
    await whole(spec, "failed");
  });
});
