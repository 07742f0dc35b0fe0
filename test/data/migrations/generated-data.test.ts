import assert from "node:assert/strict";
import { GeneratedSet } from "../../../tools/dataset/generate";
import { processData } from "../../../lib/data/migrations/process";
import { FolderStorage } from "../../../lib/data/dump/folder-storage";
import { publishedChain, schema, withFolder } from "./support";

const documents = 3000;

async function process(seed: number, to: string): ReturnType<typeof processData> {
  return withFolder((folder) =>
    processData({
      chain: to === "11.23.0" ? [] : publishedChain("11.23.0", to),
      schema: schema(to),
      before: schema("11.23.0"),
      source: new GeneratedSet(documents, seed),
      reports: new FolderStorage(folder),
    }),
  );
}

describe("the generated data set", function () {
  this.timeout(300_000);

  it("is valid under 11.23.0, has 17 collections, and the migrator to 11.24.0 changes some of it and leaves it valid", async () => {
    const [before, after] = [await process(1, "11.23.0"), await process(1, "11.24.0")];
    assert.deepEqual(before.invalid, []);
    assert.deepEqual(after.invalid, []);
    assert.equal(before.collections.length, 17);
    assert.ok(Math.abs(before.totals.documentsAfter - documents) < 20);
    const changed = after.collections.reduce((sum, one) => sum + one.changed, 0);
    assert.ok(changed > documents / 50 && changed < documents / 10, `${changed} changed`);
    assert.deepEqual(after.changed, ["data_generation_set", "study_set"]);
  });

  it("is the same for the same seed and another for another; its documents all differ", async () => {
    const [first, again, other] = [
      await process(1, "11.23.0"),
      await process(1, "11.23.0"),
      await process(2, "11.23.0"),
    ];
    assert.deepEqual(first.collections, again.collections);
    assert.notDeepEqual(first.collections, other.collections);
    const set = new GeneratedSet(documents);
    const texts = new Set<string>();
    let count = 0;
    for (const name of await set.collections()) {
      if (name.startsWith("functional_annotation")) continue;
      for (const document of set.generate(name)) {
        texts.add(JSON.stringify(document));
        count += 1;
      }
    }
    assert.equal(texts.size, count);
  });
});
