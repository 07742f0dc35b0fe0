import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Db, Document } from "mongodb";
import {
  contentOf,
  EngineRun,
  fill,
  nextOf,
  releaseAndConfirm,
  releasedOnce,
  specFor,
  type MongoRelease,
} from "./engine-run";
import { mayWrite } from "./kill/mongo-store";
import { data, processor } from "./plain-data";
import { serverOfSuite, withClient } from "./server";

/** Options, indexes and expiry of collections over a release. */
describe("Options and indexes", () => {
  const server = serverOfSuite();

  const inDatabase = <Result>(database: string, ask: (db: Db) => Promise<Result>): Promise<Result> =>
    withClient(server.uri, (client) => ask(client.db(database)));

  const ready = (database: string): Promise<MongoRelease> => releasedOnce(server, database);

  /** Runs the release, with something happening at an instant of it; confirms it unless that ends it. */
  async function releaseWith(
    spec: MongoRelease,
    at: string,
    happens: (db: Db) => Promise<unknown>,
  ): Promise<EngineRun> {
    let happened = false;
    const run = new EngineRun({ do: "release", spec }, processor, {
      boundary: async (name) => {
        if (name !== at || happened) return;
        happened = true;
        await inDatabase(spec.store.database, happens);
      },
    });
    await run.inPlace();
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.equal(await run.ended, true, run.said());
    return run;
  }

  const indexesOf = (database: string, collection: string): Promise<readonly Document[]> =>
    inDatabase(database, (db) => db.collection(collection).listIndexes().toArray());
  const optionsOf = (database: string, collection: string): Promise<Document | undefined> =>
    inDatabase(database, async (db) => {
      const [found] = await db.listCollections({ name: collection }, { nameOnly: false }).toArray();
      return found && "options" in found ? found.options : undefined;
    });

  it("32: an index that somebody made after the rehearsal is in the new version", async () => {
    const spec = await ready("late-index");
    await releaseWith(spec, "after stage", (db) =>
      db.collection("studies").createIndex({ name: 1 }, { unique: false }),
    );
    const names = (await indexesOf("late-index", "studies")).map(({ name }): unknown => name);
    assert.deepEqual(names, ["_id_", "name_1"]);
    assert.equal(
      await inDatabase("late-index", (db) => db.collection("studies").countDocuments({ version: 2 })),
      3,
    );
  });

  it("32: a validator that somebody set after the rehearsal is in the new version", async () => {
    const spec = await ready("late-validator");
    const validator = { name: { $exists: true } };
    await releaseWith(spec, "after stage", (db) =>
      db.command({ collMod: "studies", validator, validationAction: "warn" }),
    );
    assert.deepEqual(await optionsOf("late-validator", "studies"), { validator, validationAction: "warn" });
  });

  it("33: a view that somebody made after the rehearsal is in the dump, and goes on", async () => {
    const spec = await ready("late-view");
    const run = await releaseWith(spec, "after stage", (db) =>
      db.createCollection("named", { viewOn: "studies", pipeline: [{ $match: { name: "Study 1" } }] }),
    );
    const folder = join(spec.dump.keep, run.last("closed").record.id, "late-view");
    assert.match(readFileSync(join(folder, "named.metadata.json"), "utf8"), /"viewOn":"studies"/);
    assert.equal((await optionsOf("late-view", "named"))?.["viewOn"], "studies");
  });

  describe("32: documents that expire", () => {
    const seconds = 60;
    const old = new Date(Date.now() - 3_600_000);

    /** A database whose first study has expired long ago, though the server has not looked yet. */
    async function expiring(database: string): Promise<MongoRelease> {
      await fill(server.uri, database, data);
      await inDatabase(database, async (db) => {
        await db.collection("studies").updateOne({ name: "Study 1" }, { $set: { seen: old } });
        await db.collection("studies").createIndex({ seen: 1 }, { expireAfterSeconds: seconds });
      });
      const first = specFor(server, database);
      await releaseAndConfirm(first, processor);
      return nextOf(first, "2.0.0");
    }

    /** What mongod does once a minute: the stand-in doesn't. */
    async function expire(db: Db): Promise<void> {
      for (const { name, type } of await db.listCollections({}, { nameOnly: false }).toArray()) {
        if (type === "view") continue;
        const [info] = await db.listCollections({ name }, { nameOnly: false }).toArray();
        const whole: unknown = info && "options" in info ? info.options?.["expireAfterSeconds"] : undefined;
        if (whole !== undefined) await deleteOld(db, name, "_id", Number(whole));
        const indexes: readonly Document[] = await db.collection(name).listIndexes().toArray();
        for (const { key, expireAfterSeconds } of indexes) {
          if (expireAfterSeconds === undefined) continue;
          const [field = ""] = Object.keys(key as Document);
          await deleteOld(db, name, field, Number(expireAfterSeconds));
        }
      }
    }

    async function deleteOld(db: Db, collection: string, field: string, after: number): Promise<void> {
      const before = new Date(Date.now() - after * 1000);
      await db.collection(collection).deleteMany({ [field]: { $lt: before } });
    }

    const expiryOf = async (database: string, collection: string): Promise<unknown> =>
      (await indexesOf(database, collection)).find(({ name }) => name === "seen_1")?.["expireAfterSeconds"];

    it("nothing expires while writes are closed; after the release it does again, and the original stays whole", async () => {
      const spec = await expiring("expires");
      const before = await contentOf(server.uri, "expires");
      for (const at of ["after pause-expiry", "before swap", "after in-place"]) {
        const again =
          at === "after pause-expiry"
            ? spec
            : { ...spec, hash: `sha256:${at}`, release: at.replace(" ", "-") };
        if (again !== spec)
          await releaseAndConfirm({ ...specFor(server, "expires"), hash: `sha256:back ${at}` }, processor);
        assert.deepEqual(await contentOf(server.uri, "expires"), before);
        await releaseWith(again, at, expire);
        assert.equal(
          await inDatabase("expires", (db) => db.collection("studies").countDocuments({ version: 2 })),
          3,
        );
        assert.equal(await expiryOf("expires", "studies"), seconds);
      }
      await inDatabase("expires", expire);
      assert.equal(await inDatabase("expires", (db) => db.collection("studies").countDocuments()), 2);
    });

    it("of a clustered collection nothing does either, and the way back gives its expiry back too", async () => {
      const database = "clustered";
      await inDatabase(database, async (db) => {
        const clusteredIndex = { key: { _id: 1 }, unique: true, name: "by day" };
        await db.createCollection("sessions", { clusteredIndex, expireAfterSeconds: seconds });
        await db.collection<{ _id: Date }>("sessions").insertMany([{ _id: old }, { _id: new Date() }]);
      });
      const spec = await ready(database);
      const count = (): Promise<number> =>
        inDatabase(database, (db) => db.collection("sessions").countDocuments({}));
      const run = await releaseWith(spec, "before swap", expire);
      assert.equal(await count(), 2);
      const { clusteredIndex, expireAfterSeconds } = (await optionsOf(database, "sessions")) ?? {};
      assert.deepEqual([(clusteredIndex as Document)["name"], expireAfterSeconds], ["by day", seconds]);
      const folder = join(spec.dump.keep, run.last("closed").record.id, database);
      const metadata = readFileSync(join(folder, "sessions.metadata.json"), "utf8");
      assert.match(metadata, /"expireAfterSeconds":(\{"\$numberInt":"60"\}|60)/);
      await releaseAndConfirm({ ...specFor(server, database), hash: "sha256:back" }, processor);
      assert.equal((await optionsOf(database, "sessions"))?.["expireAfterSeconds"], seconds);
      assert.equal(await count(), 2);
      await inDatabase(database, expire);
      assert.equal(await count(), 1);
    });

    it("what expires between rehearsal and closing is gone from the new version too", async () => {
      const spec = await expiring("expires-early");
      await releaseWith(spec, "after stage", expire);
      assert.equal(
        await inDatabase("expires-early", (db) => db.collection("studies").countDocuments({ version: 2 })),
        2,
      );
    });

    it("a release that is taken back gives the expiry back, and the dump tells it as it was", async () => {
      const spec = await expiring("expires-back");
      const run = new EngineRun({ do: "release", spec }, processor);
      await run.inPlace();
      assert.notEqual(await expiryOf("expires-back", "studies"), seconds);
      const { record } = run.last("in-place");
      const metadata = readFileSync(
        join(spec.dump.keep, record.id, "expires-back", "studies.metadata.json"),
        "utf8",
      );
      assert.match(metadata, /"expireAfterSeconds":\{"\$numberInt":"60"\}|"expireAfterSeconds":60/);
      run.signs.give("nobody confirms");
      await run.ended;
      assert.equal(await expiryOf("expires-back", "studies"), seconds);
      assert.equal(await mayWrite(server, "expires-back"), true);
    });
  });
});
