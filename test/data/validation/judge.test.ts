import assert from "node:assert/strict";
import { BSON, type Document } from "mongodb";
import { BsonReader } from "../../../lib/data/validation/bson-values";
import { type Finding, Judge } from "../../../lib/data/validation/judge";
import { prepareData } from "../../../lib/data/migrations/prepare";
import { loadChecks } from "../../../lib/data/validation/validator-cache";
import { examples, schema } from "../migrations/support";

describe("a judged document", function () {
  this.timeout(300_000);
  let judge: Judge;
  const reader = new BsonReader();

  before(async () => {
    const { schema: loaded } = await prepareData([], schema("11.23.0"));
    judge = new Judge(await loadChecks(loaded.file), loaded.classes);
  });

  function findings(collection: string, document: Document): readonly Finding[] {
    return judge.findings(collection, reader.read(Buffer.from(BSON.serialize({ _id: 1, ...document }))));
  }

  function biosample(change: (one: Document) => void): readonly Finding[] {
    const one = structuredClone(examples()["biosample_set"]?.find((sample) => "lat_lon" in sample) ?? {});
    change(one);
    return findings("biosample_set", one);
  }

  it("N13: is valid with its _id, which no schema knows", () => {
    assert.deepEqual(
      biosample(() => undefined),
      [],
    );
  });

  it("27: is reported with the exact pointer and rule of each thing that is wrong, at any depth", () => {
    assert.deepEqual(
      biosample((one) => {
        (one["lat_lon"] as Document)["latitude"] = "north";
        one["a/b~c"] = 1;
        one["env_broad_scale"] = {
          type: "nmdc:ControlledIdentifiedTermValue",
          term: { id: "ENVO:1", type: "nmdc:Nothing" },
        };
      }).map(({ pointer, rule }) => `${pointer}: ${rule}`),
      [
        "/a~1b~0c: additionalProperties: the schema has no such field here",
        '/env_broad_scale/term/type: enum: must be one of "nmdc:OntologyClass", "nmdc:NcbiTaxon", "nmdc:OrthologyGroup"',
        "/env_broad_scale/term/id: pattern: must match ^NCBITaxon:\\d+$",
        "/lat_lon/latitude: type: must be number",
      ],
    );
  });

  it("27: breaks a pattern inside a list", () => {
    const [found] = biosample((one) => {
      one["associated_studies"] = ["nmdc:sty-11-34xj1150", "not an id"];
    });
    assert.equal(found?.pointer, "/associated_studies/1");
    assert.match(found.rule, /^pattern: must match \^\(nmdc\):sty-/);
  });

  it("29: values that JSON does not have are named by their BSON type", () => {
    const values: [unknown, string][] = [
      [new Date(0), "date"],
      [new BSON.ObjectId("0".repeat(24)), "object id"],
      [BSON.Decimal128.fromString("1"), "decimal128"],
      [new BSON.Binary(Buffer.from("a")), "binary"],
      [new BSON.Timestamp({ t: 1, i: 1 }), "timestamp"],
      [new BSON.BSONRegExp("a"), "regular expression"],
      [new BSON.Code("f()"), "code"],
      [new BSON.Code("f()", { a: 1 }), "code with scope"],
      [new BSON.MinKey(), "min key"],
      [new BSON.MaxKey(), "max key"],
    ];
    for (const [value, name] of values) {
      assert.deepEqual(
        findings("instrument_set", { id: "nmdc:inst-11-a", type: "nmdc:Instrument", name: value }),
        [{ pointer: "/name", rule: `type: must be string,null (a BSON ${name} was found)` }],
      );
    }
  });

  it("29: fields called __proto__ and constructor are fields, and 64-bit numbers are numbers", () => {
    const document = Buffer.from(
      BSON.serialize({ _id: 1, id: "nmdc:inst-11-a", type: "nmdc:Instrument", constructor: 1, xxxxxxxxx: 1 }),
    );
    document.write("__proto__", document.indexOf("xxxxxxxxx"), "latin1");
    const pointers = judge.findings("instrument_set", reader.read(document)).map(({ pointer }) => pointer);
    assert.deepEqual([...pointers].sort(), ["/__proto__", "/constructor"]);
    const read = reader.read(
      Buffer.from(
        BSON.serialize({ a: BSON.Long.fromNumber(5), b: new BSON.Double(5), c: 5, d: [null, true] }),
      ),
    );
    assert.deepEqual(read, { a: 5, b: 5, c: 5, d: [null, true] });
  });

  it("N13: of no class, of another collection's class, or in no collection of the schema is invalid", () => {
    const rule = 'type: names no class of this collection; must be one of "nmdc:Instrument"';
    assert.deepEqual(findings("instrument_set", { id: "nmdc:inst-11-a" }), [{ pointer: "", rule }]);
    assert.deepEqual(findings("instrument_set", { id: "nmdc:inst-11-a", type: "nmdc:Study" }), [
      { pointer: "/type", rule },
    ]);
    assert.deepEqual(findings("instrument_set", { id: "nmdc:inst-11-a", type: 5 }), [
      { pointer: "/type", rule },
    ]);
    assert.deepEqual(findings("mags_set", { id: "a" }), [
      { pointer: "", rule: 'collection: the schema has no collection "mags_set"' },
    ]);
  });
});
