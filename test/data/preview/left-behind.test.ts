import assert from "node:assert/strict";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { previewLimits } from "../../../lib/data/preview/extent";
import type { DataPlan } from "../../../lib/data/preview/data-plan";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { adopted, besideNames, contentOf, EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import { ChildEngine, compiledEntry } from "../kill/child-engine";
import { processor } from "../plain-data";
import { serverOfSuite, withClient } from "../server";

const large = { ...previewLimits, whole: 0, ofEach: 2 };

describe("a preview beside what an earlier release left", function () {
  this.timeout(120_000);
  const server = serverOfSuite();

  async function takenBack(spec: ReleaseSpec): Promise<void> {
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    run.signs.give("its standard input closed");
    await run.ended;
  }

  async function plan(spec: ReleaseSpec, limits = large): Promise<DataPlan> {
    const run = new EngineRun({ do: "plan", spec }, processor, { preview: limits });
    assert.equal(await run.ended, true, run.said());
    return run.last("plan").plan;
  }

  it("is made over the whole dump of an attempt that was taken back", async () => {
    const next = nextOf(await adopted(server, "dumped"), "2.0.0");
    await takenBack(next);
    const { tried, collections } = await plan(next);
    assert.equal(tried.over, "dump");
    assert.deepEqual([tried.documents, tried.of], [9, 9]);
    assert.equal(collections.find(({ collection }) => collection === "studies")?.changed, 3);
  });

  it("8: passes over a dump that is not whole", async () => {
    const next = nextOf(await adopted(server, "damaged"), "2.0.0");
    await takenBack(next);
    const [record] = readdirSync(next.dump.keep).filter((name) => name.includes("v2.0.0"));
    appendFileSync(join(next.dump.keep, record ?? "", "damaged", "studies.bson"), "x");
    assert.equal((await plan(next)).tried.over, "sample");
  });

  it("passes over the dump of the release that stands: the data was another version then", async () => {
    const first = await adopted(server, "older");
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    assert.equal((await plan(nextOf(first, "3.0.0"))).tried.over, "sample");
  });

  it("37: says what a crashed release left, and cleans nothing", async () => {
    const first = await adopted(server, "crashed");
    const next = nextOf(first, "2.0.0");
    const engine = new ChildEngine(compiledEntry(), { do: "release", spec: next });
    assert.equal(await engine.heard("in-place"), true);
    engine.signal("SIGKILL");
    await engine.ended;
    const seen = async (): Promise<unknown> => [
      await contentOf(server.uri, "crashed"),
      await besideNames(server.uri, "crashed"),
    ];
    const before = await seen();
    const { open, collections } = await plan(nextOf(first, "3.0.0"));
    assert.deepEqual([open?.release, open?.stage, open?.ownerAlive], ["v2.0.0", "roll-out", false]);
    assert.deepEqual(collections, [], "the data is half of one version and half of another");
    assert.deepEqual(await seen(), before);
    const resume = new EngineRun({ do: "resume", spec: first }, processor);
    assert.equal(await resume.ended, true, resume.said());
  });

  it("N18: of a way back names the collections whose originals return, and what users would lose", async () => {
    const first = await adopted(server, "back");
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const back = { ...nextOf(first, "1.0.0"), hash: "sha256:back" };
    const found = await plan(back, previewLimits);
    assert.deepEqual(found.comesBack, { collections: ["sites", "studies"], looked: true });
    assert.deepEqual(found.schema, { from: "2.0.0", to: "1.0.0" });
    assert.deepEqual(found.problems, []);
    await withClient(server.writerUri, (client) =>
      client.db("back").collection<{ _id: string }>("studies").insertOne({ _id: "users-own" }),
    );
    const { problems } = await plan(back, previewLimits);
    assert.deepEqual(
      problems.map(({ where }) => where),
      ["studies"],
    );
    assert.deepEqual((await plan(back)).comesBack, { collections: ["sites", "studies"], looked: false });
  });
});
