import assert from "node:assert/strict";
import { BSON, type Document } from "mongodb";
import { loadMigrations } from "../../../lib/data/migrations";
import {
  examples,
  hashOf,
  publishedChain,
  type RawDatabase,
  run,
  toRaw,
  withFolder,
  writeStep,
} from "./support";
import { refusalOf } from "../../refusal";

const database: RawDatabase = toRaw({
  instrument_set: examples()["instrument_set"] ?? [],
  field_research_site_set: examples()["field_research_site_set"] ?? [],
});
const header = `import { defineMigration, removed } from "../../../lib/data/migrations/typescript/define";\n`;

/** Runs one step from 11.23.0 to 11.24.0 whose `migration.ts` exports this. */
function migrate(
  body: string,
  raw = database,
  more: Readonly<Record<string, string>> = {},
): ReturnType<typeof run> {
  return withFolder(async (folder) => {
    await writeStep(folder, "11.23.0-to-11.24.0", { "migration.ts": `${header}${body}`, ...more });
    return run(raw, loadMigrations(folder).steps);
  });
}

async function refused(
  body: string,
  raw = database,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  return (await refusalOf(migrate(body, raw, more))).message;
}

const each = (text: string): string =>
  `export default defineMigration({ collections: { instrument_set: ${text} } });`;

describe("a TypeScript migration", () => {
  it("changes documents of the collections that it names; the others, and what stays equal, keep their bytes", async () => {
    const { report, sink } = await migrate(
      each(
        `(one) => one["id"] === ${JSON.stringify(examples()["instrument_set"]?.[0]?.["id"])} ? { ...one, model: "changed" } : one`,
      ),
    );
    assert.deepEqual(report.changed, ["instrument_set"]);
    const change = report.collections.find(({ collection }) => collection === "instrument_set");
    assert.ok(change);
    assert.deepEqual([change.added, change.changed, change.removed], [0, 1, 0]);
    const written = sink.written.get("instrument_set") ?? [];
    assert.deepEqual(
      written.slice(1),
      (database["instrument_set"] ?? []).slice(1).map((bytes) => Uint8Array.from(bytes)),
    );
    assert.equal(change.hashBefore, hashOf(database["instrument_set"] ?? []));
    assert.equal(change.hashAfter, hashOf(written));
  });

  it("a collection that it names and leaves as it is does not go to the sink", async () => {
    const { report, sink } = await migrate(each("(one) => { one.name = one.name; return one; }"));
    assert.deepEqual(report.changed, []);
    assert.equal(sink.written.size, 0);
    assert.deepEqual(report.touched, ["instrument_set"]);
  });

  it("blocks before the first change are written too, in order", async () => {
    const many = Array.from({ length: 45 }, (_, at) => ({
      _id: at,
      id: `nmdc:inst-11-a${at}`,
      type: "nmdc:Instrument",
    }));
    const { sink } = await migrate(
      each(`(one) => one._id === 33 ? { ...one, name: "late" } : one`),
      toRaw({ instrument_set: many }),
    );
    const written = sink.documents("instrument_set");
    assert.deepEqual(
      written.map(({ _id }) => _id as number),
      many.map(({ _id }) => _id),
    );
    assert.deepEqual(written.filter(({ name }) => name === "late").length, 1);
  });

  it("takes documents away for a reason, which is listed; without one it is refused", async () => {
    const { report, sink } = await migrate(each(`(one) => removed("out of service")`));
    assert.equal(report.totals.removed, (database["instrument_set"] ?? []).length);
    assert.ok(
      report.removed.every(
        ({ collection, reason }) => collection === "instrument_set" && reason === "out of service",
      ),
    );
    assert.deepEqual(sink.written.get("instrument_set"), []);
    assert.match(await refused(each(`() => removed(" ")`)), /removed without a reason/);
  });

  it("creates, renames and deletes collections", async () => {
    const { report, sink } = await migrate(`export default defineMigration({
      creates: { manifest_set: [{ _id: 1, id: "nmdc:manif-11-a", type: "nmdc:Manifest", manifest_category: "instrument_run" }] },
      renames: { instrument_set: "organism_set" },
      deletes: { field_research_site_set: "no longer kept" },
    });`);
    assert.deepEqual(report.created, ["manifest_set"]);
    assert.deepEqual(report.renamed, [{ from: "instrument_set", to: "organism_set" }]);
    assert.deepEqual(report.deleted, [
      { collection: "field_research_site_set", documents: 2, reason: "no longer kept" },
    ]);
    assert.deepEqual([...sink.written.keys()].sort(), ["manifest_set", "organism_set"]);
    const rows = new Map(report.collections.map((row) => [row.collection, row]));
    assert.equal(rows.get("organism_set")?.hashAfter, rows.get("instrument_set")?.hashBefore);
    assert.equal(rows.get("instrument_set")?.documentsAfter, 0);
  });

  it("25: a name that does not exist is an error, unless it may be missing; so is a new name that is taken", async () => {
    const body = (more: string): string =>
      `export default defineMigration({ collections: { instrumentset: (one) => one }, ${more} });`;
    const message = await refused(body(`creates: { instrument_set: [] }`));
    assert.match(
      message,
      /does not exist: instrumentset; allowed: the collections field_research_site_set, instrument_set/,
    );
    assert.match(message, /a new collection instrument_set, which exists/);
    assert.deepEqual((await migrate(body(`mayBeMissing: ["instrumentset"]`))).report.changed, []);
  });

  it("21: results that are no document, a changed _id and two equal ones are refused, each by its document", async () => {
    const three = (database["instrument_set"] ?? []).length;
    for (const [result, says] of [
      ["null", "returned null"],
      ["undefined", "returned undefined"],
      ["[one]", "returned an array"],
      ["5", "returned number"],
      ["{ ...one, _id: 1 }", "changed its _id"],
      ["{ name: 'no id' }", "changed its _id"],
    ] as const) {
      const message = await refused(each(`(one) => (${result})`));
      assert.match(message, new RegExp(`${three} problems`));
      assert.match(message, new RegExp(`instrument_set, _id .*oid.*${says}`));
    }
    const twins = `export default defineMigration({ creates: { manifest_set: [{ _id: 1 }, { _id: 1 }] } });`;
    assert.match(await refused(twins), /manifest_set, _id .*two documents with this _id/);
  });

  it("20: an exception names the document and the message; all documents that raise are listed", async () => {
    const message = await refused(each(`(one) => { throw new Error("can't read " + one.id); }`));
    assert.match(message, /3 problems/);
    for (const { id } of examples()["instrument_set"] ?? [])
      assert.match(message, new RegExp(`can't read ${String(id)}`));
  });

  it("20: clocks and chance are found out, because functions are run twice", async () => {
    assert.match(
      await refused(each(`(one) => ({ ...one, name: String(Math.random()) })`)),
      /two runs gave different results/,
    );
    const counter = `let calls = 0;\n${each(`(one) => ({ ...one, name: String(calls++) })`)}`;
    assert.match(await refused(counter), /two runs gave different results/);
  });

  it("reaches neither the process nor the network nor files outside its folder", async () => {
    assert.match(
      await refused(each(`(one) => ({ ...one, name: process.env.HOME })`)),
      /process is not defined/,
    );
    assert.match(
      await refused(
        `import fs from "node:fs";\n${each("(one) => ({ ...one, name: fs.readdirSync('/')[0] })")}`,
      ),
      /an import of "node:fs"/,
    );
    assert.match(
      await refused(`import { x } from "../outside";\n${each("(one) => ({ ...one, x })")}`),
      /an import of "\.\.\/outside"/,
    );
  });

  it("may be split over files of its folder, and may use BSON's types", async () => {
    const { sink } = await migrate(
      `import { Int32, Long } from "mongodb";\nimport { model } from "./parts/model";\n${each(
        "(one) => ({ ...one, model, small: new Int32(1), large: Long.fromNumber(1) })",
      )}`,
      database,
      { "parts/model.ts": `export const model: string = "exploris_21T";` },
    );
    const [first] = sink.written.get("instrument_set") ?? [];
    const document: Document = BSON.deserialize(first ?? new Uint8Array(), { promoteValues: false });
    assert.equal(document["model"], "exploris_21T");
    assert.ok(document["small"] instanceof BSON.Int32);
    assert.ok(document["large"] instanceof BSON.Long);
  });

  it("29: numbers that it leaves alone keep their BSON type in a document that it changes", async () => {
    const bytes = BSON.serialize({
      _id: 1,
      int: new BSON.Int32(1),
      whole: new BSON.Double(1),
      long: BSON.Long.fromNumber(1),
      huge: BSON.Long.MAX_VALUE,
      minus: new BSON.Double(-0),
      nan: new BSON.Double(Number.NaN),
      decimal: BSON.Decimal128.fromString("1.10"),
      date: new Date(0),
      stamp: new BSON.Timestamp({ t: 0, i: 0 }),
      regex: new BSON.BSONRegExp("^a", "im"),
      code: new BSON.Code("f()", { scope: 1 }),
      binary: new BSON.Binary(Buffer.from("ab"), 0),
      nested: [[{ list: [new BSON.Double(2)] }]],
    });
    const { sink } = await migrate(each(`(one) => ({ ...one, name: "changed" })`), {
      instrument_set: [bytes],
    });
    const [made] = sink.written.get("instrument_set") ?? [];
    assert.deepEqual(
      Buffer.from(made ?? []).subarray(4, bytes.length - 1),
      Buffer.from(bytes).subarray(4, bytes.length - 1),
    );
    assert.equal(BSON.deserialize(made ?? new Uint8Array())["name"], "changed");
  });

  it("29: a document that JavaScript would reorder passes as it is, and is refused when it is changed", async () => {
    // {_id: 1, "10": 1, "9": 1}: JavaScript puts number-like names in another order.
    const bytes = Buffer.from(
      "1f000000105f69640001000000103130000100000010390001000000" + "00".repeat(1),
      "hex",
    );
    bytes.writeInt32LE(bytes.length, 0);
    const raw = { instrument_set: [Uint8Array.from(bytes)] };
    assert.equal((await migrate(each("(one) => one"), raw)).sink.written.size, 0);
    assert.match(
      await refused(each("(one) => ({ ...one, x: 1 })"), raw),
      /JavaScript can't write back as they are/,
    );
  });

  it("30: documents with an _id of any type, and one that grows beyond 16 MB", async () => {
    const ids = [
      null,
      true,
      1,
      1.5,
      "text",
      new Date(0),
      new BSON.ObjectId("0".repeat(24)),
      { a: { b: 1 } },
      new BSON.Binary(Buffer.from("x")),
    ];
    const raw = toRaw({
      instrument_set: ids.map((_id) => ({ _id, id: "nmdc:inst-11-a", type: "nmdc:Instrument" })),
    });
    const { report, sink } = await migrate(each(`(one) => ({ ...one, name: "changed" })`), raw);
    assert.equal(sink.written.get("instrument_set")?.length, ids.length);
    assert.equal(report.collections[0]?.changed, ids.length);
    const large = await migrate(
      each(`(one) => ({ ...one, name: one.id.repeat(2 ** 21) })`),
      toRaw({ instrument_set: [{ _id: 1, id: "12345678", type: "nmdc:Instrument" }] }),
    );
    assert.ok(large.report.invalid.some(({ rule }) => /^(pattern|size)/.test(rule)));
    assert.ok(
      large.lines.some(({ all }) => JSON.stringify(all).includes("a MongoDB document has at most 16777216")),
    );
  });

  it("N6: composes with published steps in one release", async () => {
    await withFolder(async (folder) => {
      await writeStep(folder, "11.24.0-to-11.24.1", {
        "migration.ts": `${header}export default defineMigration({ collections: { study_set: (one) => ({ ...one, description: "by the second step" }) } });`,
      });
      const chain = [...publishedChain("11.23.0", "11.24.0"), ...loadMigrations(folder).steps];
      const { report, sink } = await run(toRaw(examples()), chain, { to: "11.24.1" });
      const studies = report.collections.find(({ collection }) => collection === "study_set");
      assert.equal(studies?.changed, 13);
      assert.equal(studies.hashBefore, hashOf(toRaw(examples())["study_set"] ?? []));
      assert.ok(
        sink
          .documents("study_set")
          .every((one) => one["description"] === "by the second step" && !("principal_investigator" in one)),
      );
      assert.equal(report.totals.madeInvalid, 0);
    });
  });
}).timeout(300_000);
