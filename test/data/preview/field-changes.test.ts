import assert from "node:assert/strict";
import { BSON, type Document } from "mongodb";
import { fieldChanges, pointer } from "../../../lib/data/preview/field-changes";

function touched(before: Document, after: Document): readonly string[] {
  return fieldChanges(BSON.serialize(before), BSON.serialize(after)).map(
    ({ how, path }) => `${how} ${pointer(path, "kept")} (${pointer(path, "collapsed")})`,
  );
}

describe("the fields in which two documents differ", () => {
  it("are the smallest that differ, with indices and without", () => {
    assert.deepEqual(
      touched(
        { _id: 1, name: "a", old: 1, list: [{ x: 1 }, { x: 2, y: 3 }] },
        { _id: 1, name: "b", list: [{ x: 1 }, { x: 2, y: 4 }], fresh: {} },
      ),
      [
        "changed /name (/name)",
        "changed /list/1/y (/list/*/y)",
        "added /fresh (/fresh)",
        "removed /old (/old)",
      ],
    );
  });

  it("pair the items of an array, whatever was put in or taken out before them", () => {
    assert.deepEqual(touched({ a: ["x", "y", "z"] }, { a: ["y", "z"] }), ["removed /a/0 (/a/*)"]);
    assert.deepEqual(touched({ a: ["y", "y"] }, { a: ["n", "y", "y"] }), ["added /a/0 (/a/*)"]);
    assert.deepEqual(touched({ a: [1, { k: 1 }] }, { a: [{ k: 2 }, 1] }), ["changed /a/0/k (/a/*/k)"]);
  });

  it("tell BSON types apart, and another order of the same members", () => {
    assert.deepEqual(touched({ n: new BSON.Int32(1) }, { n: new BSON.Double(1) }), ["changed /n (/n)"]);
    assert.deepEqual(touched({ o: { a: 1, b: 2 } }, { o: { b: 2, a: 1 } }), ["changed /o (/o)"]);
    assert.deepEqual(touched({ a: [1, 2] }, { a: [2, 1] }), ["changed /a (/a)"]);
    assert.deepEqual(touched({ v: { a: 1 } }, { v: [1] }), ["changed /v (/v)"]);
  });

  it("are none where nothing differs", () => {
    assert.deepEqual(touched({ _id: 1, d: new Date(0) }, { _id: 1, d: new Date(0) }), []);
  });

  it("escape names as JSON pointers do", () => {
    assert.deepEqual(touched({ "a/b~c": 1 }, { "a/b~c": 2 }), ["changed /a~1b~0c (/a~1b~0c)"]);
  });
});
