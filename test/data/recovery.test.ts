import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secrets } from "../../lib/data/secrets";
import { MongoDataStore } from "../../lib/data/store/mongo-data-store";
import { verifyOffline, verifyOnline } from "../../lib/data/verify/verify-proof";
import { adopted, besideNames, contentOf, EngineRun, nextOf, releaseAndConfirm } from "./engine-run";
import { ChildEngine, compiledEntry } from "./kill/child-engine";
import { mayWrite } from "./kill/mongo-store";
import { processor } from "./plain-data";
import { serverOfSuite, withClient } from "./server";

describe("Recovery without Pulumi", () => {
  const server = serverOfSuite();
  let entry: string;
  before(() => {
    entry = compiledEntry();
  });

  const ask = async (request: ConstructorParameters<typeof EngineRun>[0]): Promise<EngineRun> => {
    const run = new EngineRun(request, processor);
    await run.ended;
    return run;
  };

  it("abort tells a living owner to take the release back", async () => {
    const first = await adopted(server, "abort");
    const before = await contentOf(server.uri, "abort");
    const next = nextOf(first, "2.0.0");
    const run = new EngineRun({ do: "release", spec: next }, processor);
    await run.inPlace();
    const abort = await ask({ do: "abort", spec: next });
    assert.equal(abort.last("status").status.last?.reason, "aborted by ana");
    assert.equal(await run.ended, false);
    assert.deepEqual(await contentOf(server.uri, "abort"), before);
  });

  it("12: a second release says who holds the lock, and changes nothing", async () => {
    const first = await adopted(server, "two");
    const run = new EngineRun({ do: "release", spec: nextOf(first, "2.0.0") }, processor);
    await run.inPlace();
    for (const version of ["2.0.0", "3.0.0"]) {
      const second = await ask({ do: "release", spec: nextOf(first, version) });
      assert.match(second.said(), /lock: 1 problem[^]*release v2.0.0 of ana at work \(process \d+ on /);
    }
    run.signs.give("the end of the test");
    await run.ended;
  });

  it("12: to confirm another content than the one in place is refused", async () => {
    const first = await adopted(server, "other");
    const next = nextOf(first, "2.0.0");
    const run = new EngineRun({ do: "release", spec: next }, processor);
    await run.inPlace();
    const confirmation = await ask({ do: "confirm", spec: { ...next, hash: "sha256:other" } });
    assert.match(confirmation.said(), /release v2.0.0 with another content/);
    run.signs.give("the end of the test");
    await run.ended;
  });

  it("X3: to confirm the release that stands, after a later one was taken back, says its record again", async () => {
    const first = await adopted(server, "stands");
    const run = new EngineRun({ do: "release", spec: nextOf(first, "2.0.0") }, processor);
    await run.inPlace();
    run.signs.give("nobody confirms");
    await run.ended;
    const confirmation = await ask({ do: "confirm", spec: first });
    const { release, outcome } = confirmation.last("closed").record;
    assert.deepEqual([release, outcome], ["v1.0.0", "released"], confirmation.said());
    const later = await ask({ do: "confirm", spec: nextOf(first, "2.0.0") });
    assert.equal(later.last("closed").record.outcome, "rolled-back");
  });

  it("rollback goes back behind the last release, and once more behind the one before only where its originals are kept", async () => {
    const first = await adopted(server, "rollback", { keep: { releases: 2 } });
    const one = await contentOf(server.uri, "rollback");
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const back = await ask({ do: "rollback", spec: nextOf(first, "2.0.0") });
    assert.equal(back.last("status").status.schema, "1.0.0", back.said());
    assert.deepEqual(await contentOf(server.uri, "rollback"), one);
    const again = await ask({ do: "rollback", spec: nextOf(first, "2.0.0") });
    assert.match(again.said(), /no release to go back behind/);
  });

  it("clean drops originals of older releases only, and nothing of anybody else", async () => {
    const first = await adopted(server, "clean", { keep: { releases: 2 } });
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    await releaseAndConfirm(nextOf(first, "3.0.0"), processor);
    assert.deepEqual(await besideNames(server.uri, "clean"), [
      "sites__old_2",
      "sites__old_3",
      "studies__old_2",
      "studies__old_3",
    ]);
    const cleaned = await ask({ do: "clean", spec: { ...first, keep: { releases: 1 } } });
    assert.equal(cleaned.has("failed"), false, cleaned.said());
    assert.deepEqual(await besideNames(server.uri, "clean"), ["sites__old_3", "studies__old_3"]);
  });

  it("7: staging of a release that no journal knows is refused, and nothing is dropped", async () => {
    const first = await adopted(server, "journal-gone");
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    await withClient(server.uri, (client) => client.db("journal-gone").collection("_slipway_journal").drop());
    const run = await ask({ do: "release", spec: nextOf(first, "3.0.0") });
    assert.match(
      run.said(),
      /studies__old_2: found a version of release token 2, which the journal does not know/,
    );
    assert.deepEqual(await besideNames(server.uri, "journal-gone"), ["sites__old_2", "studies__old_2"]);
  });

  it("6: a journal entry that was changed is refused, by its number", async () => {
    const first = await adopted(server, "tampered");
    await withClient(server.uri, (client) =>
      client
        .db("tampered")
        .collection<{ _id: number }>("_slipway_journal")
        .updateOne({ _id: 2 }, { $set: { step: "another" } }),
    );
    const run = await ask({ do: "status", spec: first });
    assert.match(run.said(), /_slipway_journal, entry 2: found an entry whose checksum does not fit/);
  });

  it("13: an owner that was paused beyond its lease stops, and touches nothing any more", async () => {
    const first = await adopted(server, "paused");
    const before = await contentOf(server.uri, "paused");
    const next = nextOf(first, "2.0.0");
    const paused = new ChildEngine(entry, { do: "release", spec: next });
    assert.equal(await paused.heard("in-place"), true);
    paused.signal("SIGSTOP");
    const resume = await ask({ do: "resume", spec: next });
    assert.equal(resume.last("status").status.last?.outcome, "rolled-back", resume.said());
    paused.signal("SIGCONT");
    assert.match(await paused.ended, /^1/);
    assert.match(JSON.stringify(paused.events.at(-1)), /is no longer ours/);
    assert.deepEqual(await contentOf(server.uri, "paused"), before);
    assert.equal(await mayWrite(server, "paused"), true);
  });

  it("13: an owner that wakes up with one last rename in hand can't move the live collection any more", async () => {
    const first = await adopted(server, "late");
    const before = await contentOf(server.uri, "late");
    const next = nextOf(first, "2.0.0");
    // It stops itself right before its first rename: intent on record, command not sent.
    const paused = new ChildEngine(entry, { do: "release", spec: next }, { STOP_BEFORE: "rename" });
    for (;;) {
      const status = await ask({ do: "status", spec: next });
      const { open } = status.last("status").status;
      if (open?.stage === "swap" && !open.ownerAlive) break;
    }
    const resume = await ask({ do: "resume", spec: next });
    assert.equal(resume.last("status").status.last?.outcome, "rolled-back", resume.said());
    assert.deepEqual(await besideNames(server.uri, "late"), ["sites__old_2"]);
    await withClient(server.uri, async (client) => {
      await assert.rejects(client.db("late").renameCollection("sites", "sites__old_2"), /exists/);
    });
    paused.signal("SIGCONT");
    assert.match(await paused.ended, /^1/);
    assert.deepEqual(await contentOf(server.uri, "late"), before);
    const again = await releaseAndConfirm(next, processor);
    assert.equal(again.last("closed").record.outcome, "released");
    assert.deepEqual(await besideNames(server.uri, "late"), ["sites__old_4", "studies__old_4"]);
  });

  it("1: a server that is killed under a waiting release is waited for; then the release is confirmed", async () => {
    if (server.kind === "mongod") return;
    const first = await adopted(server, "server-killed");
    const next = nextOf(first, "2.0.0");
    const run = new EngineRun({ do: "release", spec: next }, processor);
    await run.inPlace();
    await server.restart();
    const confirmation = await ask({ do: "confirm", spec: next });
    assert.equal(confirmation.last("closed").record.outcome, "released", confirmation.said());
    await run.ended;
    assert.equal(await mayWrite(server, "server-killed"), true);
  });

  it("8, 9: a proof file is checked against its dump and its database; a flipped bit and a cut file are found", async () => {
    const first = await adopted(server, "proof");
    const run = await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const folder = join(first.dump.keep, run.last("closed").record.id);
    const proof = join(folder, "proof.json");
    assert.deepEqual(await verifyOffline(proof), []);
    const store = await MongoDataStore.open(first.store, new Secrets());
    assert.deepEqual(await verifyOnline(proof, store), []);
    await store.mongo.db.collection<{ _id: string }>("studies").insertOne({ _id: "users-own" });
    assert.deepEqual(
      (await verifyOnline(proof, store)).map(({ where }) => where),
      ["proof.studies"],
    );
    await store.close();

    const file = join(folder, "proof", "studies.bson");
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(30) ^ 1, 30);
    writeFileSync(file, bytes);
    assert.match((await verifyOffline(proof))[0]?.found ?? "", /a segment at byte 0 with SHA-256/);
    truncateSync(file, bytes.length - 3);
    assert.match((await verifyOffline(proof))[0]?.found ?? "", /bytes/);
    writeFileSync(proof, readFileSync(proof, "utf8").replace('"ana"', '"eve"'));
    await assert.rejects(verifyOffline(proof), /the file was changed/);
  });
});
