import assert from "node:assert/strict";
import crypto from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../scratch";
import { contentOf, EngineRun, type MongoRelease, nextOf, releasedOnce } from "./engine-run";
import { failPoint, fails, oldWholeThenMended } from "./fault-laboratory";
import { mayWrite } from "./kill/mongo-store";
import { processor } from "./plain-data";
import { plainProcessor } from "./plain-processor";
import { serverOfSuite, withClient } from "./server";

/** Groups of the fault list that the engine itself answers for; each test is named by its number. */
describe("Faults of disks, connections and migrations", () => {
  const server = serverOfSuite({ testCommands: true });

  const ready = (database: string): Promise<MongoRelease> => releasedOnce(server, database);

  it("10: a disk that is full while the dump is written stops the release", async () => {
    const spec = await ready("disk-full");
    const before = await contentOf(server.uri, "disk-full");
    const folder = join(spec.dump.keep, "test-v2.0.0-2", "disk-full");
    const fill = (name: string): void => {
      if (name !== "before stage") return;
      mkdirSync(folder, { recursive: true });
      // What is written aside has a name that nobody can foresee, unless chance is taken out of it.
      crypto.randomUUID = () => "00000000-0000-4000-8000-000000000000";
      symlinkSync("/dev/full", join(folder, `studies.bson.${process.pid}-00000000.part`));
    };
    const { randomUUID } = crypto;
    try {
      assert.match(await fails(spec, processor, { boundary: fill }), /ENOSPC/);
    } finally {
      crypto.randomUUID = randomUUID;
    }
    await oldWholeThenMended(server, spec, before);
  });

  it("10: a server whose disk is full while the new version is loaded stops the release", async function () {
    if (server.kind === "mongod") this.skip(); // Needs the stand-in's fail points.
    const spec = await ready("server-full");
    const before = await contentOf(server.uri, "server-full");
    const outOfDiskSpace = 14031;
    const namespace = "server-full.studies__new_2";
    await failPoint(server, "alwaysOn", { failCommands: ["insert"], namespace, errorCode: outOfDiskSpace });
    assert.match(await fails(spec), /failpoint/);
    await failPoint(server, "off");
    await oldWholeThenMended(server, spec, before);
  });

  it("11: a folder for dumps that can't be made stops the release", async () => {
    const spec = await ready("no-folder");
    const before = await contentOf(server.uri, "no-folder");
    const file = join(scratch("fault"), "file");
    writeFileSync(file, "");
    assert.match(await fails({ ...spec, dump: { keep: join(file, "dumps") } }), /ENOTDIR/);
    await oldWholeThenMended(server, spec, before);
  });

  for (const [what, settings] of [
    ["in the middle of a cursor", { failCommands: ["find"], namespace: "cut.studies" }],
    [
      "after the server applied, before it answered",
      { failCommands: ["insert"], afterwards: true, namespace: "cut._slipway_journal" },
    ],
    ["during a rename", { failCommands: ["renameCollection"] }],
    ["after a rename, before the answer", { failCommands: ["renameCollection"], afterwards: true }],
  ] as const) {
    it(`15: a connection that is cut ${what} loses nothing`, async function () {
      if (server.kind === "mongod") this.skip(); // Needs the stand-in's fail points.
      await withClient(server.uri, (client) => client.db("cut").dropDatabase());
      const spec = await ready("cut");
      const before = await contentOf(server.uri, "cut");
      // The driver tries a read once more by itself.
      const times = settings.failCommands[0] === "find" ? 2 : 1;
      await failPoint(server, { times }, { closeConnection: true, ...settings });
      const run = new EngineRun({ do: "release", spec }, processor);
      const ended = await run.ended;
      await failPoint(server, "off");
      assert.equal(ended, false);
      assert.match(run.said(), /connection|closed/i);
      const resume = new EngineRun({ do: "resume", spec }, processor);
      assert.equal(await resume.ended, true, resume.said());
      await oldWholeThenMended(server, spec, before);
    });
  }

  it("17: a write past the closed gate is found after the swap; the release is taken back and the write is there", async () => {
    const spec = await ready("bypass");
    const sneak = new EngineRun({ do: "release", spec }, processor, {
      boundary: async (name) => {
        if (name !== "before swap") return;
        await withClient(server.uri, async (client) => {
          await client.db("bypass").collection<{ _id: string }>("studies").insertOne({ _id: "sneaked" });
        });
      },
    });
    assert.equal(await sneak.ended, false);
    assert.match(sneak.said(), /studies: found a write while writes were closed: 4 documents/);
    await withClient(server.uri, async (client) => {
      const studies = client.db("bypass").collection<{ _id: string }>("studies");
      assert.equal(await studies.countDocuments({ _id: "sneaked" }), 1);
      assert.equal(await studies.countDocuments({}), 4);
    });
    assert.equal(await mayWrite(server, "bypass"), true);
  });

  it("20: a migration that raises stops the release before writes are closed", async () => {
    const spec = await ready("raises");
    const before = await contentOf(server.uri, "raises");
    const raising = plainProcessor(() => {
      throw new Error("no such field");
    });
    assert.match(await fails(spec, raising), /no such field/);
    await oldWholeThenMended(server, spec, before);
  });

  it("24: a version that no migration leads to, and an older one without originals, name what is legal", async () => {
    const spec = await ready("versions");
    assert.match(await fails(nextOf(spec, "9.0.0")), /allowed: 1\.0\.0, 2\.0\.0, 3\.0\.0/);
    assert.match(await fails(nextOf(spec, "0.9.0")), /an older version than the data has/);
  });

  it("41: when taking back fails too, both errors are said, writes stay closed, and the next command is named", async () => {
    const spec = await ready("both");
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    const rename = (from: string, to: string): Promise<unknown> =>
      withClient(server.uri, (client) => client.db("both").renameCollection(from, to));
    await rename("studies", "elsewhere");
    run.signs.give("nobody confirms");
    assert.equal(await run.ended, false);
    assert.match(run.said(), /nobody confirms/);
    assert.match(run.said(), /nothing under the name studies/);
    assert.match(run.said(), /slipway data resume/);
    assert.equal(await mayWrite(server, "both"), false);
    await rename("elsewhere", "studies");
    const resume = new EngineRun({ do: "resume", spec }, processor);
    assert.equal(await resume.ended, true, resume.said());
    assert.equal(await mayWrite(server, "both"), true);
  });
});
