import assert from "node:assert/strict";
import { BSON, type Document, type MongoClient } from "mongodb";
import type { PreviewLimits } from "../../../lib/data/preview/extent";
import { previewLimits } from "../../../lib/data/preview/extent";
import { processor } from "../../../lib/data/conductor/processor";
import { Journal } from "../../../lib/data/journal/journal";
import type { DataPlan } from "../../../lib/data/preview/data-plan";
import { MongoLedger } from "../../../lib/data/store/mongo-ledger";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { writeSchemaState } from "../../../lib/data/journal/schema-state";
import { EngineRun, fill, specFor } from "../engine-run";
import { examples, withFolder, writeStep } from "../migrations/support";
import { serverOfSuite, withClient } from "../server";

const total = 600;
const secret = "dGhpcyBpcyBhIHNlY3JldCB0aGF0IG5vYm9keSBzaG91bGQ=";

/** Collections that no schema knows, so that nothing but the migration has a say in them. */
function things(): readonly Document[] {
  return Array.from({ length: total }, (_, n) => ({
    _id: `thing-${n}`,
    name: `Thing ${n}`,
    tags: [{ t: "a" }, { t: n }],
    old: n,
    access: { token: `token-${n}` },
  }));
}

/** What becomes of thing `n`; the test counts by the same conditions, the migration is their only other reader. */
const migration = `
import { defineMigration, removed } from "../../../lib/data/migrations/typescript/define";
export default defineMigration({
  collections: {
    things: (one) => {
      const n = one["old"];
      if (n % 7 === 0) return removed("every seventh goes");
      if (n % 5 === 0) one["tags"][1].t = "fifth";
      if (n % 3 === 0) one["unit"] = { of: "measure", at: "${secret}" };
      if (n % 11 === 0) delete one["old"];
      if (n % 13 === 0) one["access"].token = "another";
      return one;
    },
    instrument_set: (one) => (one["id"].endsWith("bad") ? { ...one, vendor: "nobody" } : one),
  },
  creates: { fresh: [{ _id: 1 }, { _id: 2 }] },
});`;

/** How many of the things that stay obey a condition. */
function staying(condition: (n: number) => boolean): number {
  return [...Array(total).keys()].filter((n) => n % 7 !== 0 && condition(n)).length;
}

/** Everything in a database, ours included, as it lies there. */
async function everything(client: MongoClient, database: string): Promise<unknown> {
  const db = client.db(database);
  const all = (await db.listCollections().toArray()).map(({ name }) => name).sort();
  return Promise.all(all.map(async (name) => [name, await db.collection(name).find().toArray()] as const));
}

describe("the plan of a data release", function () {
  this.timeout(300_000);
  const server = serverOfSuite();

  /** Plans the migration above, as `pulumi preview` does; nothing in the database may be another afterwards. */
  async function plan(
    database: string,
    limits: PreviewLimits = previewLimits,
    changes: (spec: ReleaseSpec) => ReleaseSpec = (spec) => spec,
  ): Promise<DataPlan> {
    return withFolder(async (folder) => {
      await writeStep(folder, "11.23.0-to-11.24.0", { "migration.ts": migration });
      const spec = changes({
        ...specFor(server, database),
        release: "v2.0.0",
        hash: "sha256:2",
        schema: { package: "nmdc-schema", version: "11.24.0" },
        migrations: folder,
      });
      return withClient(server.uri, async (client) => {
        const before = await everything(client, database);
        const run = new EngineRun({ do: "plan", spec }, processor, { preview: limits });
        assert.equal(await run.ended, true, run.said());
        assert.deepEqual(await everything(client, database), before, "a preview writes nothing");
        return run.last("plan").plan;
      });
    });
  }

  async function prepared(database: string, documents: readonly Document[] = things()): Promise<void> {
    const [instrument] = examples()["instrument_set"] ?? [];
    const instruments = ["good", "bad"].map((id) => ({ ...instrument, _id: id, id: `nmdc:inst-14-${id}` }));
    await fill(server.uri, database, { things: documents, instrument_set: instruments });
    await withClient(server.uri, (client) =>
      writeSchemaState(new MongoLedger(client.db(database)), {
        version: "11.23.0",
        release: "v1.0.0",
        hash: "sha256:1",
      }),
    );
  }

  it("X2: is exact where everything was tried: documents, fields and what would be invalid", async () => {
    await prepared("exact");
    const found = await plan("exact");
    assert.deepEqual(found.tried, { documents: total + 2, of: total + 2, over: "everything" });
    const [fresh, instruments, changed] = found.collections;
    const touched = (n: number): boolean => n % 3 === 0 || n % 5 === 0 || n % 11 === 0 || n % 13 === 0;
    assert.deepEqual(changed, {
      collection: "things",
      documentsBefore: total,
      tried: total,
      added: 0,
      changed: staying(touched),
      removed: total - staying(() => true),
      invalid: 0,
      fields: [
        { pointer: "/unit", how: "added", documents: staying((n) => n % 3 === 0) },
        { pointer: "/tags/*/t", how: "changed", documents: staying((n) => n % 5 === 0) },
        { pointer: "/old", how: "removed", documents: staying((n) => n % 11 === 0) },
        { pointer: "/access/token", how: "changed", documents: staying((n) => n % 13 === 0) },
      ],
    });
    assert.deepEqual([fresh?.collection, fresh?.added, fresh?.documentsBefore], ["fresh", 2, 0]);
    assert.deepEqual([instruments?.changed, instruments?.invalid], [1, 1]);
    // A new collection that the schema does not know has no valid document.
    assert.deepEqual(found.validity, { before: 0, after: 3 });
    assert.deepEqual(
      found.invalid.map(({ id, pointer, verdict }) => [id.split(" ")[0], pointer, verdict]),
      [
        ['"bad"', "/vendor", "made-invalid"],
        ['{"$numberInt":"1"}', "", "made-invalid"],
        ['{"$numberInt":"2"}', "", "made-invalid"],
      ],
    );
  });

  it("shows three examples at most, of different collections and kinds, without secrets", async () => {
    await prepared("masked");
    const { examples: shown } = await plan("masked");
    assert.equal(shown.length, 3);
    assert.deepEqual(
      new Set(shown.map(({ collection }) => collection)),
      new Set(["things", "instrument_set"]),
    );
    const kinds = shown.map(({ fields }) => fields.map(({ how, pointer }) => how + pointer).join());
    assert.equal(new Set(kinds).size, 3);
    const all = JSON.stringify(await plan("masked"));
    assert.ok(!all.includes(secret), all);
    assert.ok(!/"token-\d|another"/.test(all), all);
    assert.match(all, /\*\*\*/);
  });

  it("tries a sample of each large collection, the same for the same release, and says what it can have missed", async () => {
    await prepared("sampled");
    const limits = { ...previewLimits, whole: 10, ofEach: 100 };
    const found = await plan("sampled", limits);
    assert.deepEqual(found.tried, { documents: 102, of: total + 2, over: "sample", ofEach: 100 });
    const changed = found.collections.find(({ collection }) => collection === "things");
    assert.deepEqual([changed?.tried, changed?.documentsBefore], [100, total]);
    assert.equal(changed?.invalidAtMost?.toFixed(6), (1 - 0.05 ** 0.01).toFixed(6));
    assert.equal(
      found.collections.find(({ collection }) => collection === "instrument_set")?.invalidAtMost,
      undefined,
    );
    assert.ok(changed.changed > 0 && changed.changed < 100 && changed.removed > 0);
    assert.deepEqual((await plan("sampled", limits)).collections, found.collections);
    const other = await plan("sampled", limits, (spec) => ({ ...spec, hash: "sha256:3" }));
    assert.notDeepEqual(other.collections, found.collections);
  });

  it("30: finds sampled documents by ids of every BSON type", async () => {
    const kinds = [
      (n: number) => new BSON.Long(n),
      (n: number) => new BSON.Double(n + 0.5),
      (n: number) => BSON.ObjectId.createFromTime(n),
      (n: number) => new BSON.Binary(Buffer.from([n])),
      (n: number) => ({ part: n, of: "key" }),
      (n: number) => new Date(n),
    ];
    const documents = Array.from({ length: 60 }, (_, n) => ({ _id: kinds[n % 6]?.(n), old: 1 }));
    await prepared("ids", documents);
    const found = await plan("ids", { ...previewLimits, whole: 1, ofEach: 48 });
    assert.equal(found.collections.find(({ collection }) => collection === "things")?.tried, 48);
  });

  it("37: needs no more than the right to read, and says that such a user could not close writes", async () => {
    await prepared("reader");
    const uri = { kind: "value", value: server.readerUri } as const;
    const found = await plan("reader", previewLimits, (spec) => ({ ...spec, store: { ...spec.store, uri } }));
    assert.equal(
      found.collections.find(({ collection }) => collection === "things")?.changed,
      staying((n) => n % 3 === 0 || n % 5 === 0 || n % 11 === 0 || n % 13 === 0),
    );
    assert.ok(found.problems.some(({ where }) => where.startsWith("data.store.closeWrites")));
  });

  it("names the images that the last release left, also where the release is refused", async () => {
    await prepared("images");
    await withClient(server.uri, async (client) => {
      const journal = new Journal(new MongoLedger(client.db("images")), () => Promise.resolve(new Date(0)));
      const said = { record: "r", token: 1, step: "" };
      const images = [{ name: "api", to: "127.0.0.1:1/api:v1@sha256:1" }];
      const schema = { package: "nmdc-schema", from: "11.23.0", to: "11.23.0" };
      const opened = await journal.append(undefined, { ...said, kind: "opened", detail: { images, schema } });
      await journal.append(opened, { ...said, kind: "closed", detail: { outcome: "released", images } });
    });
    const image = { name: "api", repository: "127.0.0.1:1/api", tag: "v2", digest: "sha256:2" };
    const found = await plan("images", previewLimits, (spec) => ({ ...spec, images: [image] }));
    assert.deepEqual(found.images, [
      { name: "api", from: "127.0.0.1:1/api:v1@sha256:1", to: "127.0.0.1:1/api:v2@sha256:2" },
    ]);
    assert.ok(found.problems.length > 0);
  });
});
