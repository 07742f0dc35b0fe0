import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyOffline } from "../../../lib/data/verify/verify-proof";
import { adopted, contentOf, EngineRun, type MongoRelease, nextOf, releaseAndConfirm } from "../engine-run";
import { ChildEngine, compiledEntry } from "../kill/child-engine";
import { processor } from "../plain-data";
import { serverOfSuite } from "../server";

describe("Dumps that the config no longer keeps", () => {
  const server = serverOfSuite();

  const inPart = ({ dump, store }: MongoRelease): readonly string[] =>
    readdirSync(dump.keep)
      .filter((record) => existsSync(join(dump.keep, record, store.database)))
      .sort();
  const whole = (spec: MongoRelease): readonly string[] =>
    inPart(spec).filter((record) => existsSync(join(spec.dump.keep, record, "manifest.json")));
  const retaining = (spec: MongoRelease, retain: number): MongoRelease => ({
    ...spec,
    dump: { ...spec.dump, retain },
  });

  async function clean(spec: MongoRelease): Promise<string> {
    const run = new EngineRun({ do: "clean", spec }, processor);
    assert.equal(await run.ended, true, run.said());
    return JSON.stringify(run.events);
  }

  it("go when a release is over; the newest attempt's stays, what proves a release stays, and so does what is not ours", async () => {
    const first = await adopted(server, "dumps");
    const second = nextOf(first, "2.0.0");
    const third = nextOf(first, "3.0.0");
    const foreign = join(first.dump.keep, "somebody-elses");
    mkdirSync(join(foreign, "dumps"), { recursive: true });
    writeFileSync(join(foreign, "dumps", "studies.bson"), "");
    await releaseAndConfirm(second, processor);
    await clean(first);
    assert.deepEqual(inPart(first), ["somebody-elses", "test-v1.0.0-1", "test-v2.0.0-2"], "no number: all");

    const attempt = new EngineRun({ do: "release", spec: retaining(third, 1) }, processor);
    await attempt.inPlace();
    attempt.signs.give("nobody confirms");
    await attempt.ended;
    const said = await clean(retaining(first, 1));
    assert.match(said, /dropped the dump of test-v1\.0\.0-1/);
    assert.deepEqual(inPart(first), ["somebody-elses", "test-v2.0.0-2", "test-v3.0.0-4"]);

    await releaseAndConfirm(retaining(third, 1), processor);
    assert.deepEqual(inPart(first), ["somebody-elses", "test-v3.0.0-6"]);
    assert.deepEqual(await verifyOffline(join(first.dump.keep, "test-v3.0.0-6", "proof.json")), []);
    const proof = join(first.dump.keep, "test-v2.0.0-2", "proof.json");
    assert.ok(existsSync(join(first.dump.keep, "test-v2.0.0-2", "journal.ndjson")));
    await assert.rejects(
      verifyOffline(proof),
      /manifest\.json: found .*allowed: the manifest of a finished dump/s,
    );
  });

  it("1: go from another machine where the release that removes them was killed before or in the middle of it", async () => {
    const first = await adopted(server, "dumps-killed");
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const spec = retaining(nextOf(first, "3.0.0"), 1);
    // As if an earlier one had died in the middle: its manifest goes first.
    rmSync(join(first.dump.keep, "test-v2.0.0-2", "manifest.json"));
    const environment = { KILL_AT_NAME: "before remove dump" };
    const child = new ChildEngine(compiledEntry(), { do: "release", spec }, environment);
    assert.equal(await child.heard("in-place"), true);
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.equal(await child.ended, "SIGKILL");
    assert.equal(confirmation.last("closed").record.outcome, "released");
    assert.deepEqual(whole(first), [confirmation.last("closed").record.id]);
    assert.deepEqual(inPart(first), whole(first));
    assert.ok((await contentOf(server.uri, "dumps-killed"))["studies"]?.startsWith("3:"));
  });
});
