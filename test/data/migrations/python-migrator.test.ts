import assert from "node:assert/strict";
import { BSON } from "mongodb";
import { Refusal } from "../../../lib/problem";
import { MigratorProcess } from "../../../lib/data/migrations/python/migrator-process";
import { migrateByPython } from "../../../lib/data/migrations/python/python-version";
import { sourceVersion } from "../../../lib/data/migrations/version";
import {
  examples,
  hashOf,
  type RawDatabase,
  run,
  sourceOf,
  toRaw,
  withFolder,
  withPythonMigrator,
} from "./support";
import { refusalOf } from "../../refusal";

type Options = Parameters<typeof withPythonMigrator>[2];

const small: RawDatabase = toRaw({
  study_set: (examples()["study_set"] ?? []).filter((study) => !("principal_investigator" in study)),
  instrument_set: examples()["instrument_set"] ?? [],
});

function upgrade(body: string, database = small, options?: Options): ReturnType<typeof run> {
  return withPythonMigrator(body, (migration, prepared) => run(database, [migration], { prepared }), options);
}

async function refused(body: string, database = small, options?: Options): Promise<string> {
  return (await refusalOf(upgrade(body, database, options))).message;
}

describe("a Python migrator", function () {
  this.timeout(300_000);

  it("creates, renames and deletes collections; all are reported, and what is new goes to the sink", async () => {
    const { report, sink } = await upgrade(`
self.adapter.create_collection("manifest_set")
self.adapter.insert_document("manifest_set", {"id": "nmdc:manif-11-new", "type": "nmdc:Manifest", "manifest_category": "instrument_run"})
self.adapter.rename_collection("instrument_set", "organism_set")
self.adapter.delete_collection("study_set")
`);
    assert.deepEqual(report.created, ["manifest_set"]);
    assert.deepEqual(report.renamed, [{ from: "instrument_set", to: "organism_set" }]);
    assert.deepEqual(report.deleted, [
      { collection: "study_set", documents: 2, reason: "the migrator deleted the collection" },
    ]);
    assert.equal(report.totals.removed, 2);
    assert.deepEqual([...sink.written.keys()].sort(), ["manifest_set", "organism_set"]);
    assert.equal(hashOf(sink.written.get("organism_set") ?? []), hashOf(small["instrument_set"] ?? []));
    assert.equal(report.collections.find(({ collection }) => collection === "study_set")?.removed, 2);
    assert.equal(
      report.collections.find(({ collection }) => collection === "study_set")?.hashBefore,
      hashOf(small["study_set"] ?? []),
    );
  });

  it("gives a new document without an _id one that is the same in every run", async () => {
    const body = `self.adapter.insert_document("instrument_set", {"id": "nmdc:inst-11-new", "type": "nmdc:Instrument"})`;
    const [first, second] = [await upgrade(body), await upgrade(body)];
    const added = first.sink.documents("instrument_set").at(-1);
    assert.equal(added?.["id"], "nmdc:inst-11-new");
    assert.ok(added["_id"] instanceof BSON.ObjectId);
    assert.equal(
      hashOf(first.sink.written.get("instrument_set") ?? []),
      hashOf(second.sink.written.get("instrument_set") ?? []),
    );
    assert.equal(
      first.report.collections.find(({ collection }) => collection === "instrument_set")?.added,
      1,
    );
  });

  it("lists every document that it deletes, with the reason", async () => {
    const [id] = (examples()["instrument_set"] ?? []).map((one) => String(one["id"]));
    const { report, sink } = await upgrade(
      `self.adapter.delete_documents_having_value_in_field("instrument_set", "id", "${id ?? ""}")`,
    );
    assert.deepEqual(
      report.removed.map(({ collection, reason }) => ({ collection, reason })),
      [{ collection: "instrument_set", reason: `the migrator deletes documents with id = '${id ?? ""}'` }],
    );
    assert.equal(sink.documents("instrument_set").length, (small["instrument_set"] ?? []).length - 1);
  });

  it("N13: references that lose their target are listed, and new ones that lead nowhere", async () => {
    const database = toRaw({
      biosample_set: [{ ...examples()["biosample_set"]?.[0], associated_studies: ["nmdc:sty-11-target"] }],
      study_set: [{ id: "nmdc:sty-11-target", type: "nmdc:Study", study_category: "research_study" }],
      instrument_set: examples()["instrument_set"] ?? [],
    });
    const { report } = await upgrade(
      `
self.adapter.delete_documents_having_value_in_field("study_set", "id", "nmdc:sty-11-target")
self.adapter.process_each_document("instrument_set", [lambda one: {**one, "name": "nmdc:sty-11-absent"}])
`,
      database,
    );
    assert.deepEqual(
      report.dangling
        .filter(({ why }) => why === "target-removed")
        .map(({ collection, target }) => `${collection} ${target}`),
      ["biosample_set nmdc:sty-11-target"],
    );
    assert.equal(
      report.dangling.filter(({ target, why }) => target === "nmdc:sty-11-absent" && why === "new-reference")
        .length,
      3,
    );
    assert.equal(report.totals.dangling, 4);
  });

  it("25: every name that is missing is listed, unless the step says that it may be", async () => {
    const body = `
self.adapter.process_each_document("mags_setstudy_set", [lambda one: one])
self.adapter.process_each_document("nothing_set", [lambda one: one])
`;
    const message = await refused(body);
    assert.match(message, /2 problems/);
    assert.match(message, /does not exist: mags_setstudy_set/);
    assert.match(message, /does not exist: nothing_set/);
    const allowed = await upgrade(body, small, { mayBeMissing: ["mags_setstudy_set", "nothing_set"] });
    assert.deepEqual(allowed.report.changed, []);
  });

  it("21: a changed _id, and anything that is not a document, is refused by the document's name", async () => {
    const changed = await refused(`self.adapter.set_field_of_each_document("study_set", "_id", 1)`);
    assert.match(changed, /in study_set, the migrator changed _id ObjectId\('[0-9a-f]{24}'\) to 1/);
    assert.match(
      await refused(`self.adapter.process_each_document("study_set", [lambda one: None])`),
      /returned NoneType instead of a document.*in study_set, _id/s,
    );
    assert.match(
      await refused(`self.adapter.process_each_document("study_set", [lambda one: [one]])`),
      /returned list instead/,
    );
  });

  it("21: two documents with one _id are refused, with the _id", async () => {
    const message = await refused(`
first = self.adapter.get_document_having_value_in_field("instrument_set", "type", "nmdc:Instrument")
self.adapter.insert_document("instrument_set", {**first, "id": "nmdc:inst-11-twin"})
`);
    assert.match(message, /instrument_set, _id .*two documents with this _id/);
  });

  it("N7: a migrator that leads elsewhere, a module that is not there, and a process that dies are refused", async () => {
    assert.match(
      await refused("pass", small, { to: "11.99.0" }),
      /made_up leads from 11\.23\.0 to 11\.99\.0, not from 11\.23\.0 to 11\.24\.0/,
    );
    assert.match(await refused("import os; os._exit(9)"), /its process ended \(exit code 9\)/);
    assert.match(
      await refused(
        "import sys; print('last words', file=sys.stderr); import os; sys.stderr.flush(); os.kill(os.getpid(), 9)",
      ),
      /SIGKILL.*last words/,
    );
    const missing = withPythonMigrator("pass", (migration, prepared) =>
      run(small, [{ ...migration, step: { kind: "python", module: "no_such_module", mayBeMissing: [] } }], {
        prepared,
      }),
    );
    await assert.rejects(missing, /No module named 'no_such_module'/);
  });

  it("20: one that wants more memory than the machine should give ends with an error, not with the machine", async () => {
    assert.match(await refused("hoard = [bytearray(1 << 30) for _ in range(64)]"), /MemoryError/);
  });

  it("20: one that never ends is stopped", async () => {
    const message = await withPythonMigrator("while True: pass", (migration, prepared) =>
      withFolder(async (folder) => {
        const installed = prepared.packages.get(migration.id);
        assert.ok(installed);
        const migrator = await MigratorProcess.start(migration, installed, folder, undefined, 2);
        try {
          const error: unknown = await migrateByPython(migrator, await sourceVersion(sourceOf(small))).then(
            () => assert.fail("it ended"),
            (reason: unknown) => reason,
          );
          assert.ok(error instanceof Refusal, String(error));
          return error.message;
        } finally {
          await migrator.close();
        }
      }),
    );
    assert.match(message, /made_up: found nothing for 2 s: it does not come to an end/);
  });

  it("29: changed documents keep the exact types of what the migrator leaves alone", async () => {
    const exotic = {
      _id: new BSON.Binary(Buffer.from("00112233445566778899aabbccddeeff", "hex"), 4),
      id: "nmdc:inst-11-types",
      type: "nmdc:Instrument",
      int: new BSON.Int32(1),
      whole: new BSON.Double(1),
      long: BSON.Long.fromNumber(1),
      huge: BSON.Long.MAX_VALUE,
      minus: new BSON.Double(-0),
      nan: new BSON.Double(Number.NaN),
      infinity: new BSON.Double(Number.POSITIVE_INFINITY),
      decimal: BSON.Decimal128.fromString("1.10"),
      early: new Date(-62_135_596_800_000 - 86_400_000),
      late: new Date(8.64e15),
      stamp: new BSON.Timestamp({ t: 0, i: 0 }),
      least: new BSON.MinKey(),
      regex: new BSON.BSONRegExp("^a", "im"),
      code: new BSON.Code("f()", { scope: 1 }),
      text: "nul\u0000 inside",
      "": "empty name",
      $dollar: 1,
      "dotted.name": 1,
      __proto: { constructor: 1 },
      numbers: { "10": "ten", "9": "nine" },
      nested: [[1, [2, [3]]]],
    };
    const bytes = BSON.serialize(exotic, { ignoreUndefined: false });
    const { sink } = await upgrade(
      `self.adapter.set_field_of_each_document("instrument_set", "name", "changed")`,
      { ...small, instrument_set: [bytes] },
    );
    const [made] = sink.written.get("instrument_set") ?? [];
    assert.ok(made);
    assert.equal(
      Buffer.from(made)
        .subarray(4, bytes.length - 1)
        .equals(Buffer.from(bytes).subarray(4, bytes.length - 1)),
      true,
      "all the bytes before the new field",
    );
  });

  it("29: a document that Python can't write back as it is passes unchanged, and is refused when it is changed", async () => {
    const twice = Buffer.from("2500000002610002000000780002610002000000790010" + "5f6964000100000000", "hex");
    twice.writeInt32LE(twice.length, 0);
    const database = { ...small, instrument_set: [twice] };
    const same = await upgrade(
      `self.adapter.process_each_document("instrument_set", [lambda one: one])`,
      database,
    );
    assert.equal(same.sink.written.size, 0);
    const message = await refused(
      `self.adapter.set_field_of_each_document("instrument_set", "name", "x")`,
      database,
    );
    assert.match(message, /can't write back as they are/);
  });

  it("works on documents as the database would: what it reads is a copy, and lookups see what was written", async () => {
    const { sink } = await upgrade(`
found = self.adapter.get_document_having_value_in_field("instrument_set", "type", "nmdc:Instrument")
found["name"] = "lost"
self.adapter.set_field_of_each_document("instrument_set", "model", "model one")
again = self.adapter.get_document_having_one_of_values_in_field("instrument_set", "model", ["model one"])
assert again is not None and again.get("name") != "lost"
self.adapter.copy_value_from_field_to_field_in_each_document("instrument_set", "model", "name")
self.adapter.remove_field_from_each_document("instrument_set", "model")
seen = []
self.adapter.do_for_each_document("instrument_set", lambda one: seen.append(one["name"]))
assert seen == ["model one"] * len(seen) and len(seen) > 0
`);
    assert.ok(
      sink.documents("instrument_set").every((one) => one["name"] === "model one" && !("model" in one)),
    );
  });
});
