import assert from "node:assert/strict";
import { sideBySide } from "../../lib/data/side-by-side";

describe("Side by side", () => {
  it("answers in the items' order, and does no more than it may at a time", async () => {
    let running = 0;
    let most = 0;
    const found = await sideBySide([5, 4, 3, 2, 1], 2, async (item) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < item; turn++) await Promise.resolve();
      running -= 1;
      return item * 10;
    });
    assert.deepEqual(found, [50, 40, 30, 20, 10]);
    assert.equal(most, 2);
  });

  it("ends with the first failure, after what was under way", async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await Promise.resolve();
      if (item === 1) throw new Error("the first fails");
      await Promise.resolve();
      ended.push(item);
    };
    await assert.rejects(sideBySide([1, 2, 3, 4], 2, work), /the first fails/);
    assert.deepEqual(begun, [1, 2]);
    assert.deepEqual(ended, [2]);
  });
});
