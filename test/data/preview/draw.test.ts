import assert from "node:assert/strict";
import { draw, seededRandom } from "../../../lib/data/preview/draw";

async function* numbers(count: number): AsyncGenerator<number> {
  for (let at = 0; at < count; at++) yield await Promise.resolve(at);
}

describe("drawing a sample from a stream", () => {
  it("draws as many as asked, each once, and counts all", async () => {
    const { drawn, of } = await draw(numbers(1000), 50, seededRandom("a"));
    assert.equal(of, 1000);
    assert.equal(new Set(drawn).size, 50);
    assert.ok(drawn.every((item) => item >= 0 && item < 1000));
  });

  it("takes everything where there is no more than asked for", async () => {
    const { drawn } = await draw(numbers(50), 50, seededRandom("a"));
    assert.deepEqual(drawn, [...Array(50).keys()]);
    assert.deepEqual(await draw(numbers(0), 50, seededRandom("a")), { drawn: [], of: 0 });
  });

  it("draws the same for the same seed, and others for another", async () => {
    const once = await draw(numbers(1000), 50, seededRandom("release 1"));
    assert.deepEqual(await draw(numbers(1000), 50, seededRandom("release 1")), once);
    assert.notDeepEqual(await draw(numbers(1000), 50, seededRandom("release 2")), once);
  });

  it("prefers no place: over many seeds every item is drawn equally often", async () => {
    const [items, size, rounds] = [40, 8, 4000];
    const times = new Array<number>(items).fill(0);
    for (let round = 0; round < rounds; round++) {
      const { drawn } = await draw(numbers(items), size, seededRandom(String(round)));
      for (const item of drawn) times[item] = (times[item] ?? 0) + 1;
    }
    const expected = (rounds * size) / items;
    // Draws without replacement vary less than Poisson's; 40 places, five standard deviations.
    for (const [item, count] of times.entries())
      assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `item ${item}: ${count} times`);
  });
});
