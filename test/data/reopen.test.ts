import assert from "node:assert/strict";
import { contentOf, EngineRun, fill, nextOf, releaseAndConfirm, specFor } from "./engine-run";
import { mayWrite } from "./kill/mongo-store";
import { processor } from "./plain-data";
import { serverOfSuite, withClient } from "./server";

const data = { studies: [{ _id: "study-1" }], samples: [{ _id: "sample-1" }] };

describe("N15: reopen: before-rollout", () => {
  const server = serverOfSuite();

  it("opens writes as soon as the data is in place, and takes it back when nobody wrote", async () => {
    await fill(server.uri, "reopen", data);
    const first = specFor(server, "reopen", { reopen: "before-rollout" });
    await releaseAndConfirm(first, processor);
    const before = await contentOf(server.uri, "reopen");
    const run = new EngineRun({ do: "release", spec: nextOf(first, "2.0.0") }, processor);
    await run.inPlace();
    assert.equal(await mayWrite(server, "reopen"), true);
    run.signs.give("the roll-out failed");
    assert.equal(await run.ended, false);
    assert.equal(run.last("closed").record.outcome, "rolled-back");
    assert.deepEqual(await contentOf(server.uri, "reopen"), before);
    assert.equal(await mayWrite(server, "reopen"), true);
  });

  it("keeps the new data when users wrote to it, says which documents, and leaves writes open", async () => {
    await fill(server.uri, "reopen-written", data);
    const first = specFor(server, "reopen-written", { reopen: "before-rollout" });
    await releaseAndConfirm(first, processor);
    const next = nextOf(first, "2.0.0");
    const run = new EngineRun({ do: "release", spec: next }, processor);
    await run.inPlace();
    await withClient(server.writerUri, async (client) => {
      await client.db("reopen-written").collection<{ _id: string }>("studies").insertOne({ _id: "mine" });
    });
    run.signs.give("the roll-out failed");
    assert.equal(await run.ended, false);
    const { record } = run.last("closed");
    assert.equal(record.outcome, "failed");
    assert.match(record.reason ?? "", /the roll-out failed;[^]*1 added \("mine"\)/);
    assert.equal(await mayWrite(server, "reopen-written"), true);
    const mended = await releaseAndConfirm({ ...next, hash: "sha256:mended" }, processor);
    assert.equal(mended.last("closed").record.outcome, "released");
    await withClient(server.uri, async (client) => {
      const studies = client.db("reopen-written").collection<{ _id: string }>("studies");
      assert.equal(await studies.countDocuments({ _id: "mine" }), 1);
    });
  });
});
