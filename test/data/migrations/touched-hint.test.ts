import assert from "node:assert/strict";
import { readTouchedHint, writeTouchedHint } from "../../../lib/data/migrations/touched-hint";
import { examples, publishedChain, run, toRaw } from "./support";

const chain = publishedChain("11.23.0", "11.24.0");

describe("collections looked at while the migrator runs", function () {
  this.timeout(300_000);

  it("N12: a hint that is wrong, empty, or about collections that are gone changes no result", async () => {
    const raw = toRaw(examples());
    await run(raw, chain);
    const right = await run(raw, chain);
    for (const wrong of [[], ["study_set"], ["no_such_set", "instrument_set"]]) {
      await writeTouchedHint(chain, new Set(wrong));
      const { report, sink } = await run(raw, chain);
      assert.deepEqual(report.collections, right.report.collections);
      assert.deepEqual(report.totals, right.report.totals);
      assert.deepEqual([...report.changed].sort(), [...right.report.changed].sort());
      assert.deepEqual([...sink.written.keys()].sort(), [...right.sink.written.keys()].sort());
    }
  });

  it("is learned from each run, and kept per chain", async () => {
    await writeTouchedHint(chain, new Set(["instrument_set"]));
    await run(toRaw(examples()), chain);
    assert.deepEqual(
      [...((await readTouchedHint(chain)) ?? [])],
      ["biosample_set", "data_generation_set", "study_set"],
    );
    assert.equal(await readTouchedHint([]), undefined, "without a migrator there is nothing to wait for");
  });
});
