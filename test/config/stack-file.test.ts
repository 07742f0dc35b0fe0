import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StackFile } from "../../lib/config/stack-file";
import { Refusal } from "../../lib/problem";

const committed = readFileSync(join(__dirname, "..", "..", "Pulumi.prod.yaml"), "utf8");

describe("stack file", () => {
  it("changes one value and leaves every other byte as it was", () => {
    const file = StackFile.parse(committed, "Pulumi.prod.yaml");
    file.set(["images", "fastapi", "tag"], "v2.19.0");
    const before = committed.split("\n");
    const changed = file.toString().split("\n");
    const different = changed.flatMap((line, index) => (line === before[index] ? [] : [line]));
    assert.equal(changed.length, before.length);
    assert.deepEqual(different, ["      tag: v2.19.0"]);
  });

  it("keeps quotes and brackets as they are, and what would mean something else inside of brackets is quoted", () => {
    const text = 'config:\n  slipway:images: {a: {tag: "v1"},  b: {tag: v1, list: [x,y]}} # both\n';
    const file = StackFile.parse(text, "Pulumi.dev.yaml");
    file.set(["images", "a", "tag"], "v2");
    assert.equal(file.toString(), text.replace('"v1"', '"v2"'));
    file.set(["images", "b", "tag"], "v2, v3");
    assert.deepEqual(StackFile.parse(file.toString(), "Pulumi.dev.yaml").config(), {
      images: { a: { tag: "v2" }, b: { tag: "v2, v3", list: ["x", "y"] } },
    });
  });

  it("adds what is not there", () => {
    const file = StackFile.parse("config:\n  slipway:release: v1\n", "Pulumi.dev.yaml");
    file.set(["data", "acceptLossSince"], "v1");
    assert.deepEqual(file.config(), { release: "v1", data: { acceptLossSince: "v1" } });
  });

  it("changes the right value after one that moved others, and takes away one value and nothing else", () => {
    const text = "config:\n  slipway:a: { deep: [1,   2] }\n  slipway:b: keep me\n  slipway:c: { d: same }\n";
    const file = StackFile.parse(text, "Pulumi.dev.yaml");
    file.set(["a", "deep"], {});
    file.set(["c", "d"], "same");
    assert.deepEqual(file.config(), { a: { deep: {} }, b: "keep me", c: { d: "same" } });
    file.remove(["a", "deep"]);
    file.set(["b"], "kept");
    assert.deepEqual(file.config(), { a: {}, b: "kept", c: { d: "same" } });
  });

  it("X4: refuses broken YAML with its line, and a file without config", () => {
    assert.throws(
      () => StackFile.parse("config:\n  a: [1\nb: 2\n", "Pulumi.dev.yaml"),
      /Pulumi\.dev\.yaml, line \d: /,
    );
    assert.throws(() => StackFile.parse("a: 1\n", "Pulumi.dev.yaml"), Refusal);
  });
});
