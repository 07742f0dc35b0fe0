import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { Document } from "mongodb";
import { publishedSchema } from "../../../lib/data/validation/schema";
import { unitFindings, type UnitTable } from "../../../lib/data/validation/units";
import { Random } from "../../../tools/dataset/random";
import { examples, run, schema, toRaw } from "../migrations/support";
import { type Json, mutate } from "./mutations";
import { askPython } from "./oracle";

describe("NMDC's check of units", function () {
  this.timeout(300_000);
  let units: UnitTable;
  let linkml: string;

  before(async () => {
    const published = await publishedSchema(schema("11.24.0"));
    units = published.units;
    linkml = join(dirname(published.file), "nmdc_materialized_patterns.yaml");
  });

  it("N13: finds what the package's own plugin finds, on the examples and on documents with wrong units", async () => {
    assert.ok(units.size > 150);
    const random = new Random(3);
    const withQuantities = Object.values(examples())
      .flat()
      .filter((one) => JSON.stringify(one).includes("nmdc:QuantityValue")) as Json[];
    const wrong = withQuantities.map(
      (one) => JSON.parse(JSON.stringify(one).replace(/"has_unit":"[^"]*"/, '"has_unit":"furlong"')) as Json,
    );
    const without = withQuantities.map(
      (one) => JSON.parse(JSON.stringify(one).replaceAll('"has_unit"', '"has_no_unit"')) as Json,
    );
    const documents = [
      ...withQuantities,
      ...wrong,
      ...without,
      ...withQuantities.map((one) => mutate(one, random)),
    ];
    const python = await askPython<string[][]>({ units: linkml, documents });
    const here = documents.map((one) => unitFindings(one as Document, units).length);
    assert.deepEqual(
      here,
      python.map((messages) => messages.length),
    );
    assert.ok(here.filter((count) => count > 0).length > 20, "both sides are tried");
  });

  it("N13: is a stage of every release, and names the field, what it is stored in, and what was found", async () => {
    const database = examples();
    const [right, wrong] = database["biosample_set"] ?? [];
    assert.ok(right && wrong);
    right["depth"] = { type: "nmdc:QuantityValue", has_numeric_value: 1, has_unit: "m" };
    wrong["depth"] = { type: "nmdc:QuantityValue", has_numeric_value: 1, has_unit: "g" };
    const { report } = await run(toRaw(database), [], { to: "11.23.0" });
    assert.deepEqual(
      report.invalid.map(({ pointer, rule, verdict }) => ({ pointer, rule, verdict })),
      [
        {
          pointer: "/depth/has_unit",
          rule: 'unit: depth is stored in m; "g" was found',
          verdict: "invalid-before",
        },
      ],
    );
  });
});
