import assert from "node:assert/strict";
import {
  adopted,
  besideNames,
  contentOf,
  EngineRun,
  fill,
  nextOf,
  releaseAndConfirm,
  specFor,
} from "./engine-run";
import { data, processor } from "./plain-data";
import { plainProcessor } from "./plain-processor";
import { serverOfSuite, withClient } from "./server";

describe("A data release", () => {
  const server = serverOfSuite();

  it("adopts a database, migrates it, and leaves the originals beside", async () => {
    await fill(server.uri, "plain", data);
    const first = specFor(server, "plain");
    const adopted = await releaseAndConfirm(first, processor);
    assert.equal(adopted.last("closed").record.outcome, "released");

    const before = await contentOf(server.uri, "plain");
    const second = await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const { record } = second.last("closed");
    assert.equal(record.outcome, "released");
    assert.deepEqual(record.schema, { package: "plain", from: "1.0.0", to: "2.0.0" });
    const after = await contentOf(server.uri, "plain");
    assert.equal(after["samples"], before["samples"]);
    assert.notEqual(after["studies"], before["studies"]);
    assert.deepEqual(await besideNames(server.uri, "plain"), ["sites__old_2", "studies__old_2"]);
    await withClient(server.uri, async (client) => {
      assert.equal(await client.db("plain").collection("studies").countDocuments({ version: 2 }), 3);
    });
  });

  it("23: new images on data that has its version already take no fence and stage nothing", async () => {
    const first = await adopted(server, "images-only");
    const run = await releaseAndConfirm({ ...first, hash: "sha256:images", release: "v1.0.1" }, processor);
    const { outcome, closedFor, collections } = run.last("closed").record;
    assert.deepEqual([outcome, closedFor, collections], ["released", undefined, []]);
    const stages = run.events.flatMap((event) => (event.event === "stage" ? [event.stage] : []));
    assert.equal(
      stages.some((stage) => stage === "rehearse" || stage === "close-writes"),
      false,
      stages.join(),
    );
    assert.deepEqual(await besideNames(server.uri, "images-only"), []);
  });

  it("X3: does nothing when the same release stands already", async () => {
    const spec = await adopted(server, "again");
    const again = new EngineRun({ do: "release", spec }, processor);
    assert.equal(await again.ended, true, again.said());
    assert.equal(again.last("closed").record.outcome, "released");
    assert.equal(
      again.events.some((event) => event.event === "stage" && event.stage === "lock"),
      false,
    );
  });

  it("N16: takes the data back when nobody is left to confirm", async () => {
    const first = await adopted(server, "unconfirmed");
    const before = await contentOf(server.uri, "unconfirmed");
    const run = new EngineRun({ do: "release", spec: nextOf(first, "2.0.0") }, processor);
    await run.inPlace();
    await withClient(server.writerUri, async (client) => {
      await assert.rejects(
        client.db("unconfirmed").collection<{ _id: string }>("studies").insertOne({ _id: "x" }),
      );
    });
    run.signs.give("its standard input closed");
    assert.equal(await run.ended, false);
    assert.equal(run.last("closed").record.outcome, "rolled-back");
    assert.deepEqual(await contentOf(server.uri, "unconfirmed"), before);
    assert.deepEqual(await besideNames(server.uri, "unconfirmed"), []);
    await withClient(server.writerUri, async (client) => {
      await client.db("unconfirmed").collection<{ _id: string }>("studies").insertOne({ _id: "x" });
    });
    const status = new EngineRun({ do: "status", spec: first }, processor);
    await status.ended;
    assert.equal(status.last("status").status.schema, "1.0.0");
  });

  it("N14: refuses with every invalid document, and closes no writes", async () => {
    const first = await adopted(server, "invalid");
    const bad = plainProcessor((collection, document) => (collection === "studies" ? undefined : document));
    const run = new EngineRun({ do: "release", spec: nextOf(first, "2.0.0") }, bad);
    assert.equal(await run.ended, false);
    assert.equal(run.last("failed").problems.length, 3);
    assert.equal(run.last("closed").record.outcome, "failed");
    assert.equal(
      run.events.some((event) => event.event === "stage" && event.stage === "close-writes"),
      false,
    );
    const mended = await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    assert.equal(mended.last("closed").record.outcome, "released");
  });

  it("N18: goes back to the retained originals by renames", async () => {
    const first = await adopted(server, "back");
    const before = await contentOf(server.uri, "back");
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    await releaseAndConfirm({ ...nextOf(first, "1.0.0"), hash: "sha256:back" }, processor);
    assert.deepEqual(await contentOf(server.uri, "back"), before);
  });

  it("40: refuses the way back when users wrote since, until the config accepts that loss by name", async () => {
    const first = await adopted(server, "loss");
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    await withClient(server.writerUri, async (client) => {
      await client.db("loss").collection<{ _id: string }>("studies").insertOne({ _id: "users-own" });
    });
    const back = { ...nextOf(first, "1.0.0"), hash: "sha256:back" };
    const refused = new EngineRun({ do: "release", spec: back }, processor);
    assert.equal(await refused.ended, false);
    assert.match(refused.said(), /studies: found writes of users since the release: 1 added \("users-own"\)/);
    const accepted = await releaseAndConfirm({ ...back, acceptLossSince: "v2.0.0" }, processor);
    assert.equal(accepted.last("closed").record.outcome, "released");
  });

  it("N13: what users wrote since into collections that stay is judged by the older schema on the way back", async () => {
    const first = await adopted(server, "rest");
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const strict = plainProcessor(
      (_, document) => document,
      (document) => Number(document["since"]) === 2,
    );
    const write = (_id: string): Promise<unknown> =>
      withClient(server.writerUri, (client) =>
        client.db("rest").collection<{ _id: string; since: number }>("samples").insertOne({ _id, since: 2 }),
      );
    const back = { ...nextOf(first, "1.0.0"), hash: "sha256:back" };
    const late = new EngineRun({ do: "release", spec: back }, strict, {
      boundary: async (name) => {
        if (name === "before close-writes") await write("late");
      },
    });
    assert.equal(await late.ended, false);
    assert.match(late.said(), /1 that stay obey schema 2\.0\.0, but not 1\.0\.0/);
    assert.match(
      late.said(),
      /samples, _id "late", \/a: found a document that schema 1\.0\.0 does not allow/,
    );
    const early = new EngineRun({ do: "release", spec: back }, strict);
    assert.equal(await early.ended, false);
    assert.equal(
      early.events.some((event) => event.event === "stage" && event.stage === "close-writes"),
      false,
    );
    const accepted = await releaseAndConfirm({ ...back, acceptLossSince: "v2.0.0" }, strict);
    assert.equal(accepted.last("closed").record.outcome, "released");
    assert.match(JSON.stringify(accepted.events), /accepted by acceptLossSince/);
  });
});
