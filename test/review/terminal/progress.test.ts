import assert from "node:assert/strict";
import { Progress } from "../../../lib/review/terminal/progress";

const at = (done: number, total: number, stage: "dump" | "load" = "dump") =>
  ({ event: "progress", stage, done, total, unit: "documents" }) as const;

describe("the progress of a long step", () => {
  it("is told after ten seconds, then every ten, with how long it still takes at this speed", () => {
    const progress = new Progress();
    assert.equal(progress.line(at(0, 4000), 0), undefined);
    assert.equal(progress.line(at(500, 4000), 5000), undefined);
    assert.equal(
      progress.line(at(1000, 4000), 10_000),
      "data: dump: 1,000 of 4,000 documents after 10 s, about 30 s left",
    );
    assert.equal(progress.line(at(1100, 4000), 11_000), undefined);
    assert.equal(
      progress.line(at(3000, 4000), 30_000),
      "data: dump: 3,000 of 4,000 documents after 30 s, about 10 s left",
    );
  });

  it("guesses no end where the whole is not known, and begins anew with the next stage", () => {
    const progress = new Progress();
    progress.line(at(1, 1), 0);
    assert.equal(progress.line(at(2000, 2000), 12_000), "data: dump: 2,000 documents after 12 s");
    assert.equal(progress.line(at(5, 10, "load"), 60_000), undefined);
    assert.equal(progress.line(at(6, 10, "load"), 61_000), undefined);
  });
});
