import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compileSchema } from "../../../lib/data/validation/compile";
import { type PublishedSchema, publishedSchema } from "../../../lib/data/validation/schema";
import { cacheValidator, loadChecks } from "../../../lib/data/validation/validator-cache";
import { schema, withFolder } from "../migrations/support";
import { refusalBy } from "../../refusal";

function published(definition: Record<string, unknown>): PublishedSchema {
  const properties = definition["properties"] as Record<string, { enum?: unknown[] }> | undefined;
  const content = {
    $id: "https://example.org/made-up",
    $schema: "https://json-schema.org/draft/2019-09/schema",
    properties: { thing_set: { items: { $ref: "#/$defs/Thing" } } },
    $defs: {
      Thing: { type: "object", ...definition, properties: { ...properties, type: { enum: ["made:Thing"] } } },
    },
  };
  return {
    version: { package: "made-up", version: "1.0.0" },
    file: "made-up.schema.json",
    content,
    units: new Map(),
    hash: `sha256:${JSON.stringify(definition)}`,
  };
}

function refusal(definition: Record<string, unknown>): string {
  return refusalBy(() => compileSchema(published(definition))).message;
}

async function withCache<T>(action: (folder: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const before = process.env["SLIPWAY_CACHE"];
    process.env["SLIPWAY_CACHE"] = folder;
    try {
      return await action(folder);
    } finally {
      if (before === undefined) delete process.env["SLIPWAY_CACHE"];
      else process.env["SLIPWAY_CACHE"] = before;
    }
  });
}

describe("a schema", function () {
  this.timeout(300_000);

  it("28: with patterns that only Python knows is refused, all of them at once", () => {
    const message = refusal({
      properties: { a: { pattern: "(?i)x" }, b: { items: { pattern: "y++" } }, pattern: { type: "string" } },
    });
    assert.match(message, /2 problems/);
    assert.match(message, /\(\?i\)x: the group/);
    assert.match(message, /y\+\+: a possessive quantifier/);
  });

  it("28: that refers to what it has not, or says what is no schema, is refused", () => {
    assert.match(
      refusal({ properties: { a: { $ref: "#/$defs/Missing" } } }),
      /can't resolve reference #\/\$defs\/Missing/,
    );
    assert.match(refusal({ type: "thing" }), /schema is invalid/);
    assert.match(refusal({ properties: { a: { format: "no-such-format" } } }), /the format "no-such-format"/);
    assert.match(refusal({ properties: { a: { noSuchWord: 1 } } }), /the keyword noSuchWord/);
  });

  it("28: that refers to itself is no trouble", async () => {
    await withCache(async () => {
      const file = await cacheValidator(
        published({ properties: { child: { $ref: "#/$defs/Thing" }, n: { type: "integer" } } }),
      );
      const check = (await loadChecks(file))["Thing"];
      assert.equal(check?.({ child: { child: { n: 1 } } }), true);
      assert.equal(check({ child: { child: { n: "1" } } }), false);
    });
  });

  it("N7: is the one of exactly the asked version; a version that is not pinned is refused with those that are", async () => {
    const found = await publishedSchema(schema("11.24.0"));
    assert.equal(found.content["version"], "11.24.0");
    assert.match(found.file, /materialized_patterns\.schema\.json$/);
    await assert.rejects(
      publishedSchema(schema("11.99.0")),
      /found no pin by version and hash; allowed: the pinned versions 11\.23\.0, /,
    );
  });

  it("is compiled once; what is found in the cache later is the same", async () => {
    await withCache(async (folder) => {
      const made = published({ properties: { n: { type: "integer" } } });
      const file = await cacheValidator(made);
      const files = await readdir(join(folder, "validators"));
      assert.equal(files.length, 2, "the code and V8's cache of it");
      // A cache of V8's that is damaged is made anew, not trusted.
      const cache = files.find((name) => name.endsWith(".cache")) ?? "";
      await writeFile(join(folder, "validators", cache), "damaged");
      assert.equal(await cacheValidator(made), file);
      const check = (await loadChecks(file))["Thing"];
      assert.equal(check?.({ n: 1 }), true);
      assert.equal(check({ n: 1.5 }), false);
      await rm(file);
      await cacheValidator(made);
      assert.ok(existsSync(file));
    });
  });
});
