import assert from "node:assert/strict";
import fc from "fast-check";
import { atMost } from "../../../lib/data/preview/bound";

describe("the bound on what a sample can miss", () => {
  it("is exact: 0 of 2,000 leaves at most 0.15 %", () => {
    assert.equal(atMost(0, 2000).toFixed(7), "0.0014967");
  });

  // Reference: the 0.95 quantile of Beta(hits + 1, tried - hits), as sums in 60 decimal digits give it.
  for (const [hits, tried, share] of [
    [0, 10, 0.2588656],
    [1, 10, 0.3941633],
    [5, 10, 0.777559],
    [9, 10, 0.9948838],
    [1, 50, 0.0913978],
    [3, 100, 0.0757108],
    [20, 2000, 0.0144981],
  ] as const) {
    it(`agrees with exact sums: ${hits} of ${tried}`, () => {
      assert.ok(Math.abs(atMost(hits, tried) - share) < 2e-6, String(atMost(hits, tried)));
    });
  }

  it("knows nothing where nothing was tried, or everything was hit", () => {
    assert.equal(atMost(0, 0), 1);
    assert.equal(atMost(7, 7), 1);
  });

  it("lies above what was seen, grows with the hits and shrinks with the sample", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 3000 }), fc.nat(2999), (tried, some) => {
        const hits = some % (tried - 1);
        const bound = atMost(hits, tried);
        assert.ok(bound > hits / tried && bound <= 1);
        assert.ok(atMost(hits + 1, tried) > bound);
        assert.ok(atMost(hits, tried + 100) < bound);
      }),
    );
  });
});
