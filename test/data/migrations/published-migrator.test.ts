import assert from "node:assert/strict";
import { BSON, type Document } from "mongodb";
import { examples, hashOf, publishedChain, run, toRaw } from "./support";
import { refusalOf } from "../../refusal";

const chain = publishedChain("11.23.0", "11.24.0");

async function refusal(action: Promise<unknown>): Promise<string> {
  return (await refusalOf(action)).message;
}

/** A person whose ORCID is one group short: the published migrator can't repair it. */
const badStudy: Document = {
  id: "nmdc:sty-11-short1",
  type: "nmdc:Study",
  study_category: "research_study",
  has_credit_associations: [
    {
      type: "prov:Association",
      applied_roles: ["Principal Investigator"],
      applies_to_person: { type: "nmdc:PersonValue", name: "A. Person", orcid: "orcid:0000-0002-1825-00" },
    },
  ],
};

describe("the published migrator of nmdc-schema", function () {
  // The first run on a machine installs the pinned packages.
  this.timeout(300_000);

  it("N12, N13: changes 12 of the 237 examples; every document is valid afterwards", async () => {
    const raw = toRaw(examples());
    const { report, sink, lines } = await run(raw, chain);
    assert.deepEqual(report.totals, {
      documentsBefore: 237,
      documentsAfter: 237,
      invalidBefore: 0,
      madeInvalid: 0,
      mended: 0,
      removed: 0,
      dangling: 0,
    });
    const changed = Object.fromEntries(
      report.collections
        .filter((one) => one.changed > 0)
        .map(({ collection, changed: count }) => [collection, count]),
    );
    assert.deepEqual(changed, { data_generation_set: 1, study_set: 11 });
    assert.deepEqual(
      [...sink.written.keys()].sort(),
      ["data_generation_set", "study_set"],
      "only what changed is written",
    );
    assert.deepEqual(report.touched, ["biosample_set", "data_generation_set", "study_set"]);
    assert.deepEqual(lines, []);
  });

  it("N11: counts and content hashes before and after are those of the documents themselves", async () => {
    const raw = toRaw(examples());
    const { report, sink } = await run(raw, chain);
    for (const { collection, hashBefore, hashAfter, documentsAfter } of report.collections) {
      const before = raw[collection] ?? [];
      const after = sink.written.get(collection) ?? before;
      assert.equal(hashBefore, hashOf(before), `${collection} before`);
      assert.equal(hashAfter, hashOf(after), `${collection} after`);
      assert.equal(documentsAfter, after.length);
    }
  });

  it("29: a document that it does not change keeps every byte, whatever BSON types are in it", async () => {
    const raw = toRaw(examples());
    const { sink } = await run(raw, chain);
    const before = new Set((raw["study_set"] ?? []).map((bytes) => Buffer.from(bytes).toString("hex")));
    const after = (sink.written.get("study_set") ?? []).map((bytes) => Buffer.from(bytes).toString("hex"));
    assert.equal(after.filter((hex) => before.has(hex)).length, 2, "13 studies, 11 changed");
  });

  it("23: has nothing to do on data that is already at its version", async () => {
    const first = await run(toRaw(examples()), chain);
    const raw = { ...toRaw(examples()), ...Object.fromEntries(first.sink.written) };
    const second = await run(raw, chain);
    assert.deepEqual(second.report.changed, []);
    assert.equal(second.sink.written.size, 0);
  });

  it("N6: runs a chain of three versions as one release", async () => {
    const { report } = await run(toRaw(examples()), publishedChain("11.23.0", "11.25.0"), { to: "11.25.0" });
    assert.equal(report.totals.madeInvalid, 0);
    assert.deepEqual(report.changed, ["data_generation_set", "study_set"]);
    assert.equal(
      report.collections.reduce((sum, { changed }) => sum + changed, 0),
      12,
      "a document that two steps look at counts once",
    );
  });

  it("20: when it raises, its own message stands in the refusal, with the document", async () => {
    const database = examples();
    database["study_set"]?.push(badStudy);
    const message = await refusal(run(toRaw(database), chain));
    assert.match(message, /unrepairable orcid: 'orcid:0000-0002-1825-00'/);
    assert.match(message, /nmdc:sty-11-short1/);
    assert.match(message, /nmdc_schema\.migrators\.migrator_from_11_23_0_to_11_24_0/);
  });

  it("20: a later step that raises stops the whole chain", async () => {
    const database = examples();
    Object.assign(database["biosample_set"]?.[0] ?? {}, { collection_time_inc: "14:00" });
    const message = await refusal(
      run(toRaw(database), publishedChain("11.23.0", "11.25.0"), { to: "11.25.0" }),
    );
    assert.match(message, /nmdc-schema\/11\.24\.1-to-11\.25\.0.*collection_time_inc/s);
  });

  it("N12: a collection that it names and that does not exist is an error", async () => {
    const database = Object.fromEntries(Object.entries(examples()).filter(([name]) => name !== "study_set"));
    const message = await refusal(run(toRaw(database), chain));
    assert.match(message, /the name of a collection that does not exist: study_set/);
    assert.match(message, /mayBeMissing/);
  });

  it("N13: without a migration the same documents are invalid, each one listed with pointer and rule", async () => {
    const { report, lines } = await run(toRaw(examples()), []);
    assert.equal(report.totals.madeInvalid, 12);
    assert.equal(lines.length, 12);
    assert.equal(report.invalid.length, 12);
    assert.deepEqual(
      [...new Set(report.invalid.map(({ collection }) => collection))],
      ["data_generation_set", "study_set"],
    );
    for (const { id, pointer, rule, verdict } of report.invalid) {
      assert.match(id, /^\{"\$oid":"[0-9a-f]{24}"\} nmdc:(sty|dgns)-/);
      assert.equal(pointer, "/principal_investigator");
      assert.equal(rule, "additionalProperties: the schema has no such field here");
      assert.equal(verdict, "made-invalid");
    }
  });

  it("27: tells documents that were invalid before from those that the release broke, and those that it mended", async () => {
    const database = examples();
    const [site] = database["field_research_site_set"] ?? [];
    const [biosample] = database["biosample_set"] ?? [];
    if (site) site["name"] = 7;
    // Not allowed in 11.23.0 either, and the migrator takes it away.
    if (biosample) biosample["collection_date_inc"] = 12;
    const { report } = await run(toRaw(database), chain);
    assert.deepEqual(
      report.invalid.map(({ collection, pointer, rule, verdict }) => ({
        collection,
        pointer,
        rule,
        verdict,
      })),
      [
        {
          collection: "field_research_site_set",
          pointer: "/name",
          rule: "type: must be string,null",
          verdict: "invalid-before",
        },
      ],
    );
    assert.equal(report.totals.invalidBefore, 1);
    assert.equal(report.totals.mended, 1);
  });

  it("N13: bookkeeping that no schema knows passes by and is named; a document of no known class is listed", async () => {
    const raw: Record<string, Uint8Array[]> = {
      ...toRaw(examples()),
      _migration_events: [BSON.serialize({ _id: 1, event: "MIGRATION_COMPLETED" })],
    };
    raw["study_set"]?.push(BSON.serialize({ _id: 2, id: "nmdc:sty-11-odd", type: "nmdc:Nothing" }));
    raw["study_set"]?.push(BSON.serialize({ _id: 3, id: "nmdc:sty-11-odd2" }));
    const { report } = await run(raw, chain);
    assert.deepEqual(report.unjudged, [{ collection: "_migration_events", documents: 1 }]);
    assert.deepEqual(
      report.invalid.map(({ id, pointer, rule }) => `${id} ${pointer} ${rule}`),
      [
        '{"$numberInt":"2"} nmdc:sty-11-odd /type type: names no class of this collection; must be one of "nmdc:Study"',
        '{"$numberInt":"3"} nmdc:sty-11-odd2  type: names no class of this collection; must be one of "nmdc:Study"',
      ],
    );
  });

  it("31: an empty database and empty collections are released too", async () => {
    const collections = { study_set: [], data_generation_set: [], biosample_set: [] };
    const { report } = await run(collections, chain);
    assert.equal(report.totals.documentsAfter, 0);
    assert.deepEqual(
      report.collections.map(({ collection }) => collection),
      ["biosample_set", "data_generation_set", "study_set"],
    );
    const none = await run({}, []);
    assert.deepEqual(none.report.collections, []);
  });

  it("X4: stops at once when the release is given up, and leaves no report behind", async () => {
    const given = new AbortController();
    given.abort(new Error("given up"));
    await assert.rejects(run(toRaw(examples()), chain, { signal: given.signal }), /given up/);
  });
});
