import assert from "node:assert/strict";
import { join } from "node:path";
import { BSON, type Document } from "mongodb";
import { type DataProcessor } from "../../lib/data/conductor/context";
import { refuseLongNames } from "../../lib/data/names";
import { verifyOffline } from "../../lib/data/verify/verify-proof";
import { type Refusal } from "../../lib/problem";
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
import { fails, oldWholeThenMended } from "./fault-laboratory";
import { data, processor } from "./plain-data";
import { plainProcessor } from "./plain-processor";
import { serverOfSuite, withClient } from "./server";

/** What collections are called, hold and keep, at its limits. */
describe("Faults of collections and documents", () => {
  const server = serverOfSuite({ testCommands: true });

  const ready = (database: string): Promise<MongoRelease> => releasedOnce(server, database);

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

  it("31: a collection whose name is as long as its staging name lets it be is released", async () => {
    const database = "long";
    // The stand-in keeps names of 128 characters at most; a real server 255 bytes with the database's.
    const longest = server.kind === "mongod" ? 255 - database.length - 1 : 128;
    const name = "n".repeat(longest - "__new_2".length);
    await fill(server.uri, database, { [name]: [{ _id: "only" }] });
    const first = specFor(server, database);
    await releaseAndConfirm(first, processor);
    await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    await withClient(server.uri, async (client) => {
      assert.equal(await client.db(database).collection(name).countDocuments({ version: 2 }), 1);
    });
    assert.deepEqual(await besideNames(server.uri, database), [`${name}__old_2`]);
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
    await oldWholeThenMended(server, spec, before);
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
    await oldWholeThenMended(server, spec, before);
  });

  it("35: a document that the server doesn't take is named", async () => {
    const spec = await ready("duplicates");
    const before = await contentOf(server.uri, "duplicates");
    const twice = plainProcessor((collection, document) =>
      collection === "studies" ? { ...document, _id: "study-1", from: String(document["_id"]) } : document,
    );
    assert.match(await fails(spec, twice), /new version of studies[^]*studies, _id "study-1": found E11000/);
    await oldWholeThenMended(server, spec, before);
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
