import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import crypto from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { BSON, type Document } from "mongodb";
import type { DataProcessor, EngineOptions } from "../../lib/data/conductor/context";
import { refuseLongNames } from "../../lib/data/names";
import { verifyOffline } from "../../lib/data/verify/verify-proof";
import type { Refusal } from "../../lib/problem";
import {
  besideNames,
  contentOf,
  EngineRun,
  fill,
  nextOf,
  releaseAndConfirm,
  releasedOnce,
  specFor,
  type MongoRelease,
} from "./engine-run";
import { ChildEngine, compiledEntry } from "./kill/child-engine";
import { mayWrite } from "./kill/mongo-store";
import { data, processor } from "./plain-data";
import { plainProcessor } from "./plain-processor";
import { firstStart, startServer, type TestServer, withClient } from "./server";
import { scratch } from "../scratch";

/** The groups of the fault list that the engine itself answers for; each test is named by its number. */
describe("Faults of a data release", () => {
  let server: TestServer;
  let entry: string;
  before(async function () {
    this.timeout(firstStart);
    entry = compiledEntry();
    server = await startServer({ testCommands: true });
  });
  after(() => server.stop());

  const ready = (database: string): Promise<MongoRelease> => releasedOnce(server, database);

  /** Whatever failed: the old data is whole and open, nothing is left behind, and the mended release succeeds. */
  async function oldWholeThenMended(
    spec: MongoRelease,
    before: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { database } = spec.store;
    assert.deepEqual(await contentOf(server.uri, database), before);
    assert.equal(await mayWrite(server, database), true);
    assert.deepEqual(await besideNames(server.uri, database), []);
    const mended = { ...spec, dump: { keep: scratch("dump") } };
    const run = await releaseAndConfirm(mended, processor);
    assert.equal(run.last("closed").record.outcome, "released");
  }

  async function fails(
    spec: MongoRelease,
    with_ = processor,
    options: Partial<EngineOptions> = {},
  ): Promise<string> {
    const run = new EngineRun({ do: "release", spec }, with_, options);
    assert.equal(await run.ended, false);
    return run.said();
  }

  const failPoint = (mode: unknown, settings: object = {}): Promise<unknown> =>
    withClient(server.uri, (client) =>
      client.db("admin").command({ configureFailPoint: "failCommand", mode, data: settings }),
    );

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
    await oldWholeThenMended(spec, before);
  });

  it("10: a server whose disk is full while the new version is loaded stops the release", async function () {
    if (server.kind === "mongod") this.skip(); // Needs the stand-in's fail points.
    const spec = await ready("server-full");
    const before = await contentOf(server.uri, "server-full");
    const outOfDiskSpace = 14031;
    const namespace = "server-full.studies__new_2";
    await failPoint("alwaysOn", { failCommands: ["insert"], namespace, errorCode: outOfDiskSpace });
    assert.match(await fails(spec), /failpoint/);
    await failPoint("off");
    await oldWholeThenMended(spec, before);
  });

  it("11: a folder for dumps that can't be made stops the release", async () => {
    const spec = await ready("no-folder");
    const before = await contentOf(server.uri, "no-folder");
    const file = join(scratch("fault"), "file");
    writeFileSync(file, "");
    assert.match(await fails({ ...spec, dump: { keep: join(file, "dumps") } }), /ENOTDIR/);
    await oldWholeThenMended(spec, before);
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
      await failPoint({ times }, { closeConnection: true, ...settings });
      const run = new EngineRun({ do: "release", spec }, processor);
      const ended = await run.ended;
      await failPoint("off");
      assert.equal(ended, false);
      assert.match(run.said(), /connection|closed/i);
      const resume = new EngineRun({ do: "resume", spec }, processor);
      assert.equal(await resume.ended, true, resume.said());
      await oldWholeThenMended(spec, before);
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
    await oldWholeThenMended(spec, before);
  });

  it("24: a version that no migration leads to, and an older one without originals, name what is legal", async () => {
    const spec = await ready("versions");
    assert.match(await fails(nextOf(spec, "9.0.0")), /allowed: 1\.0\.0, 2\.0\.0, 3\.0\.0/);
    assert.match(await fails(nextOf(spec, "0.9.0")), /an older version than the data has/);
  });

  it("31: names that leave no room for the staging name within 255 bytes are refused, all of them", () => {
    const fits = "f".repeat(255 - "db.".length - "__new_12".length);
    refuseLongNames("db", [fits], 12);
    const long = `${fits}x`;
    const wide = "ä".repeat(126);
    assert.throws(
      () => {
        refuseLongNames("db", [long, fits, wide], 12);
      },
      (error: Refusal) =>
        error.problems.map(({ where }) => where).join() === [`db.${long}`, `db.${wide}`].join(),
    );
  });

  it("31: names with dots, blanks, letters of any script, and what a dump's files can't be called", async () => {
    const names = ["fs.files", "system_of.x", "Proben für Ä", "试样", "100%", "a/b"];
    const database = "names";
    await fill(server.uri, database, Object.fromEntries(names.map((name) => [name, [{ _id: 1 }]])));
    const first = specFor(server, database);
    await releaseAndConfirm(first, processor);
    const before = await contentOf(server.uri, database);
    const run = await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const { collections, id } = run.last("closed").record;
    assert.deepEqual(
      collections.map(({ changed }) => changed),
      names.map(() => 1),
    );
    assert.deepEqual(await verifyOffline(join(first.dump.keep, id, "proof.json")), []);
    await releaseAndConfirm({ ...first, hash: "sha256:back" }, processor);
    assert.deepEqual(await contentOf(server.uri, database), before);
  });

  it("31: a thousand collections, and an empty database", async function () {
    this.timeout(120_000);
    const many = Object.fromEntries(
      Array.from({ length: 1000 }, (_, n) => [`c${n}`, [{ _id: `only-${n}` }]] as const),
    );
    await fill(server.uri, "many", many);
    const first = specFor(server, "many");
    await releaseAndConfirm(first, processor);
    const one = plainProcessor((collection, document) =>
      collection === "c7" ? { ...document, v: 2 } : document,
    );
    const run = await releaseAndConfirm(nextOf(first, "2.0.0"), one);
    assert.equal(run.last("closed").record.collections.length, 1000);
    assert.deepEqual(await besideNames(server.uri, "many"), ["c7__old_2"]);
    const empty = await releaseAndConfirm(specFor(server, "empty"), processor);
    assert.equal(empty.last("closed").record.outcome, "released");
  });

  it("32: a unique index that the new documents break is named, and the old data stays", async () => {
    const spec = await ready("unique");
    const before = await contentOf(server.uri, "unique");
    await withClient(server.uri, (client) =>
      client.db("unique").collection("studies").createIndex({ name: 1 }, { unique: true }),
    );
    const same = plainProcessor((collection, document) =>
      collection === "studies" ? { ...document, name: "same" } : document,
    );
    assert.match(await fails(spec, same), /indexes of studies/);
    await oldWholeThenMended(spec, before);
    await withClient(server.uri, async (client) => {
      const indexes = await client.db("unique").collection("studies").listIndexes().toArray();
      assert.deepEqual(
        indexes.map(({ name, unique }): readonly unknown[] => [name, unique]),
        [
          ["_id_", undefined],
          ["name_1", true],
        ],
      );
    });
  });

  it("33: capped and time series collections are refused by the plan; views stay what they are", async () => {
    const spec = await ready("kinds");
    await withClient(server.uri, async (client) => {
      const db = client.db("kinds");
      await db.createCollection("log", { capped: true, size: 4096 });
      await db.createCollection("readings", { timeseries: { timeField: "at" } });
      await db.createCollection("named", { viewOn: "studies", pipeline: [{ $match: {} }] });
    });
    const said = await fails(spec);
    assert.match(said, /log: found a capped collection/);
    assert.match(said, /readings: found a time series collection/);
    await withClient(server.uri, async (client) => {
      await client.db("kinds").dropCollection("log");
      await client.db("kinds").dropCollection("readings");
    });
    await releaseAndConfirm(spec, processor);
    await withClient(server.uri, async (client) => {
      const [view] = await client.db("kinds").listCollections({ name: "named" }).toArray();
      assert.equal(view?.type, "view");
    });
  });

  it("33: a view on a collection that the migration takes away is refused by plan and release, before writes are closed", async () => {
    const spec = await ready("orphan");
    await withClient(server.uri, async (client) => {
      const lookup = { from: "samples", localField: "_id", foreignField: "of", as: "samples" };
      await client
        .db("orphan")
        .createCollection("joined", { viewOn: "studies", pipeline: [{ $lookup: lookup }] });
    });
    const before = await contentOf(server.uri, "orphan");
    const deleting: DataProcessor = {
      ...processor,
      async prepare(...about) {
        const { run, schemas } = await processor.prepare(...about);
        const deleted = [{ collection: "samples", documents: 4, reason: "the tests say so" }];
        return { schemas, run: async (request) => ({ ...(await run(request)), deleted }) };
      },
    };
    const found = "a view that reads samples, which the release takes away";
    const plan = new EngineRun({ do: "plan", spec }, deleting);
    assert.equal(await plan.ended, true, plan.said());
    const { problems } = plan.last("plan").plan;
    assert.deepEqual(
      problems.map((problem) => [problem.where, problem.found]),
      [["joined", found]],
    );
    assert.match(await fails(spec, deleting), new RegExp(`joined: found ${found}`));
    await withClient(server.uri, (client) => client.db("orphan").dropCollection("joined"));
    await oldWholeThenMended(spec, before);
  });

  it("35: a document that the server doesn't take is named", async () => {
    const spec = await ready("duplicates");
    const before = await contentOf(server.uri, "duplicates");
    const twice = plainProcessor((collection, document) =>
      collection === "studies" ? { ...document, _id: "study-1", from: String(document["_id"]) } : document,
    );
    assert.match(await fails(spec, twice), /new version of studies[^]*studies, _id "study-1": found E11000/);
    await oldWholeThenMended(spec, before);
  });

  it("36: a wrong password stops the release at once, and stands nowhere", async () => {
    const password = "not-the-password-4711";
    const uri = server.uri.replace(/:[^:@/]+@/, `:${password}@`);
    const spec = specFor(server, "wrong");
    const run = new EngineRun(
      { do: "release", spec: { ...spec, store: { ...spec.store, uri: { kind: "value", value: uri } } } },
      processor,
    );
    assert.equal(await run.ended, false);
    assert.match(run.said(), /data\.store\.uri: found /);
    assert.equal(JSON.stringify(run.events).includes(password), false);
  });

  it("36: no secret is in what a whole release says or leaves behind", async () => {
    const spec = await ready("secrets");
    const run = await releaseAndConfirm(spec, processor);
    const { record } = run.last("closed");
    const folder = join(spec.dump.keep, record.id);
    const left = ["proof.json", "journal.ndjson", "manifest.json"].map((file) =>
      readFileSync(join(folder, file), "utf8"),
    );
    for (const uri of [server.uri, server.writerUri]) {
      const secret = /:([^:@/]+)@/.exec(uri)?.[1] ?? "";
      assert.ok(secret.length > 0);
      assert.equal(`${JSON.stringify(run.events)}${left.join("")}`.includes(secret), false);
    }
  });

  it("37, X2: the plan writes nothing, and a user who may only read is enough", async () => {
    const spec = await ready("preview");
    const everything = (): Promise<readonly unknown[]> =>
      withClient(server.uri, async (client) => {
        const db = client.db("preview");
        const names = (await db.listCollections().toArray()).map(({ name }) => name).sort();
        return Promise.all(
          names.map(async (name) => ({ name, all: await db.collection(name).find().toArray() })),
        );
      });
    const before = JSON.stringify(await everything());
    const reading = {
      ...spec,
      store: { ...spec.store, uri: { kind: "value", value: server.readerUri } as const },
    };
    const run = new EngineRun({ do: "plan", spec: reading }, processor);
    assert.equal(await run.ended, true, run.said());
    const { plan } = run.last("plan");
    assert.equal(plan.collections.find(({ collection }) => collection === "studies")?.changed, 3);
    assert.equal(JSON.stringify(await everything()), before);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`38: ${signal} takes the release back, and a second one changes nothing about that`, async () => {
      const database = `signal-${signal.toLowerCase()}`;
      const spec = await ready(database);
      const before = await contentOf(server.uri, database);
      const child = new ChildEngine(entry, { do: "release", spec });
      assert.equal(await child.heard("in-place"), true);
      child.signal(signal);
      child.signal(signal);
      assert.match(await child.ended, /^1/);
      await oldWholeThenMended(spec, before);
    });
  }

  it("39: a reader that went away doesn't hold up the release", async () => {
    const spec = await ready("pipe");
    const child = new ChildEngine(entry, { do: "release", spec });
    assert.equal(await child.heard("in-place"), true);
    child.closeOutput();
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.match(await child.ended, /^0/);
  });

  it("N16: a runner that is killed while its pipe stays open is noticed; the release is taken back", async () => {
    const spec = await ready("orphaned-runner");
    const before = await contentOf(server.uri, "orphaned-runner");
    // The engine reads from a named pipe that we hold open all the time: its end can't be the sign.
    const pipe = join(scratch("fault"), "requests");
    execFileSync("mkfifo", [pipe]);
    const held = openSync(pipe, "r+");
    const options = '{ stdio: "inherit", detached: true }';
    const code = `require("node:child_process").spawn(process.execPath, [${JSON.stringify(entry)}], ${options})`;
    const runner = spawn(process.execPath, ["-e", code], { stdio: [held, "pipe", "inherit"] });
    const said = new Promise<string>((resolve) => {
      let text = "";
      runner.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (text.includes('"in-place"')) runner.kill("SIGKILL");
        if (text.includes('"closed"')) resolve(text);
      });
    });
    writeSync(held, `${JSON.stringify({ do: "release", spec })}\n`);
    assert.match(await said, /the process that started the release is gone/);
    closeSync(held);
    await oldWholeThenMended(spec, before);
  });

  it("N16: a confirmation that doesn't come in time takes the release back", async () => {
    const spec = await ready("deadline");
    const before = await contentOf(server.uri, "deadline");
    assert.match(await endsWith({ ...spec, confirmWithin: 0 }), /not confirmed within 0 s/);
    await oldWholeThenMended(spec, before);
  });

  async function endsWith(spec: MongoRelease): Promise<string> {
    const run = new EngineRun({ do: "release", spec }, processor);
    assert.equal(await run.ended, false);
    return run.last("closed").record.reason ?? "";
  }

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

  it("29, 30: documents that no migration touches keep every byte, whatever they hold", async () => {
    const odd: readonly Document[] = [
      {
        _id: new BSON.Int32(1),
        decimal: BSON.Decimal128.fromString("1.10"),
        nan: NaN,
        zero: -0,
        infinite: -Infinity,
      },
      {
        _id: new BSON.Double(2.5),
        long: BSON.Long.fromString("9223372036854775807"),
        least: new BSON.MinKey(),
      },
      { _id: null, date: new Date(-8_640_000_000_000_000), stamp: new BSON.Timestamp(0n), nul: "a\0b" },
      { _id: { b: 1, a: 2 }, "": "empty key", "$dollar.and.dots": true, 7: "seven", 3: "three" },
      {
        _id: new BSON.Binary(Buffer.alloc(16), 4),
        code: new BSON.Code("x"),
        regex: new BSON.BSONRegExp("a", "imx"),
      },
      {
        _id: new Date(0),
        constructor: "c",
        nested: Array.from({ length: 90 }).reduce<object>((inner) => ({ inner }), {}),
      },
    ];
    await fill(server.uri, "odd", { odd, studies: data.studies });
    const first = specFor(server, "odd");
    await releaseAndConfirm(first, processor);
    const before = await contentOf(server.uri, "odd");
    const studiesOnly = plainProcessor((collection, document) =>
      collection === "studies" ? { ...document, v: 2 } : document,
    );
    const run = await releaseAndConfirm(nextOf(first, "2.0.0"), studiesOnly);
    assert.equal((await contentOf(server.uri, "odd"))["odd"], before["odd"]);
    const change = run.last("closed").record.collections.find(({ collection }) => collection === "odd");
    assert.equal(change?.hashBefore, change?.hashAfter);
  });
});
