import assert from "node:assert/strict";
import { Secrets } from "../../lib/data/secrets";

describe("secrets of a release", () => {
  it("H25: a value that is there is used; an empty one and the word null are refused by name, whatever their source", () => {
    const read = (value: string): string =>
      new Secrets().uri({ kind: "value", value }, "slipway:data.store.uri", "release");
    assert.equal(read("mongodb://db.example.org/"), "mongodb://db.example.org/");
    for (const value of ["", "  ", "null", "NULL", "undefined", "None\n"])
      assert.throws(() => read(value), /slipway:data\.store\.uri: found (a value that is|no value)/, value);
  });
});
