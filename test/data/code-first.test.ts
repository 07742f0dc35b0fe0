import assert from "node:assert/strict";
import { MongoLedger } from "../../lib/data/store/mongo-ledger";
import { Journal } from "../../lib/data/journal/journal";
import {
  besideNames,
  contentOf,
  EngineRun,
  nextOf,
  releaseAndConfirm,
  releasedOnce,
  type MongoRelease,
} from "./engine-run";
import { ChildEngine, compiledEntry } from "./kill/child-engine";
import { processor } from "./plain-data";
import { serverOfSuite, withClient } from "./server";

describe("A release whose code rolls out before its data", function () {
  this.timeout(120_000);
  const server = serverOfSuite();

  async function next(database: string): Promise<MongoRelease> {
    return { ...(await releasedOnce(server, database)), order: "code-first" };
  }

  /** The release, up to where the code may roll out. */
  async function ready(spec: MongoRelease): Promise<EngineRun> {
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.readyOrInPlace();
    assert.equal(run.has("in-place"), false);
    return run;
  }

  function switching(spec: MongoRelease): EngineRun {
    return new EngineRun({ do: "switch", spec }, processor);
  }

  async function write(database: string): Promise<void> {
    await withClient(server.writerUri, (client) =>
      client.db(database).collection<{ _id: string }>("studies").insertOne({ _id: "x" }),
    );
  }

  /** The old data whole, nothing beside it, writes open, the record closed. */
  async function isTakenBack(spec: MongoRelease, before: unknown): Promise<void> {
    const { database } = spec.store;
    assert.deepEqual(await contentOf(server.uri, database), before);
    assert.deepEqual(await besideNames(server.uri, database), []);
    const status = new EngineRun({ do: "status", spec }, processor);
    await status.ended;
    const { open, last, writes } = status.last("status").status;
    assert.deepEqual([open, writes, last?.outcome], [undefined, "open", "rolled-back"]);
    await write(database);
  }

  it("N16: has everything staged and writes closed, and the old data live, until the roll-out is over", async () => {
    const spec = await next("holds");
    const before = await contentOf(server.uri, "holds");
    const run = await ready(spec);
    assert.deepEqual(await contentOf(server.uri, "holds"), before);
    assert.deepEqual(await besideNames(server.uri, "holds"), ["sites__new_2", "studies__new_2"]);
    await assert.rejects(write("holds"));

    const switched = switching(spec);
    assert.equal(await switched.ended, true, switched.said());
    assert.equal(switched.last("in-place").record.release, "v2.0.0");
    assert.notDeepEqual(await contentOf(server.uri, "holds"), before);
    await assert.rejects(write("holds"), "writes stay closed until the release is confirmed");
    const again = switching(spec);
    assert.equal(await again.ended, true, "asked twice, it does it once");

    assert.equal(await new EngineRun({ do: "confirm", spec }, processor).ended, true);
    assert.equal(await run.ended, true, run.said());
    await write("holds");
    const after = switching(spec);
    assert.equal(await after.ended, true, "a release that stands is in place");
    const order = await withClient(server.uri, (client) =>
      new Journal(new MongoLedger(client.db("holds")), () => Promise.resolve(new Date())).newestRecord(),
    );
    const steps = order.map(({ kind, step }) => `${kind} ${step}`);
    const places = ["done close-writes", "done ready", "rolled-out ", "intent swap", "done in-place"].map(
      (one) => steps.indexOf(one),
    );
    assert.ok(
      places.every((place, at) => place > (places[at - 1] ?? -1)),
      steps.join("\n"),
    );
  });

  it("N16: cannot be confirmed before the data was switched", async () => {
    const spec = await next("early");
    const run = await ready(spec);
    const early = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await early.ended, false);
    assert.match(early.said(), /not in place yet \(roll-out\)/);
    run.signs.give("the test is over");
    await run.ended;
  });

  it("N16: is taken back when nobody is left to say that the code has rolled out", async () => {
    const spec = await next("silent");
    const before = await contentOf(server.uri, "silent");
    const run = await ready(spec);
    run.signs.give("its standard input closed");
    assert.equal(await run.ended, false);
    await isTakenBack(spec, before);
    const late = switching(spec);
    assert.equal(await late.ended, false);
    assert.match(late.said(), /a release that is over: its standard input closed/);
  });

  it("is taken back when the roll-out takes longer than the config allows", async () => {
    const spec = { ...(await next("late")), confirmWithin: 1 };
    const before = await contentOf(server.uri, "late");
    const run = await ready(spec);
    assert.equal(await run.ended, false);
    assert.match(run.last("closed").record.reason ?? "", /not confirmed within 1 s/);
    await isTakenBack(spec, before);
  });

  it("is taken back when an operator aborts it", async () => {
    const spec = await next("aborted");
    const before = await contentOf(server.uri, "aborted");
    const run = await ready(spec);
    assert.equal(await new EngineRun({ do: "abort", spec }, processor).ended, true);
    assert.equal(await run.ended, false);
    await isTakenBack(spec, before);
  });

  it("3: whose owner was killed is taken back by whoever says that the code has rolled out", async () => {
    const spec = await next("killed");
    const before = await contentOf(server.uri, "killed");
    const engine = new ChildEngine(compiledEntry(), { do: "release", spec });
    assert.equal(await engine.heard("ready"), true);
    engine.signal("SIGKILL");
    await engine.ended;
    const switched = switching(spec);
    assert.equal(await switched.ended, false);
    assert.match(switched.said(), /its owner died before the data was switched/);
    await isTakenBack(spec, before);
  });

  it("refuses the switch of another release, and of one that is not ready", async () => {
    const spec = await next("other");
    const other = switching(spec);
    assert.equal(await other.ended, false);
    assert.match(other.said(), /release v1\.0\.0 with another content/);
  });

  it("N18: a way back switches the data only when the old code runs", async () => {
    const spec = await next("back");
    const before = await contentOf(server.uri, "back");
    await releaseAndConfirm(spec, processor);
    const after = await contentOf(server.uri, "back");
    const back: MongoRelease = { ...nextOf(spec, "1.0.0"), hash: "sha256:back", order: "code-first" };
    const run = await ready(back);
    assert.deepEqual(await contentOf(server.uri, "back"), after);
    assert.equal(await switching(back).ended, true);
    assert.deepEqual(await contentOf(server.uri, "back"), before);
    assert.equal(await new EngineRun({ do: "confirm", spec: back }, processor).ended, true);
    assert.equal(await run.ended, true, run.said());
  });

  it("N18: `slipway data rollback` waits for no code, whatever the config's order", async () => {
    const spec = await next("command");
    const before = await contentOf(server.uri, "command");
    await releaseAndConfirm(spec, processor);
    const rollback = new EngineRun({ do: "rollback", spec }, processor);
    assert.equal(await rollback.ended, true, rollback.said());
    assert.deepEqual(await contentOf(server.uri, "command"), before);
  });
});
