import assert from "node:assert/strict";
import { found, type Finding } from "../../../lib/evidence/finding";
import { gates } from "../../../lib/release/gates/catalogue";
import type { Verified } from "../../../lib/release/gates/data-facts";
import { judgeAfter } from "../../../lib/release/gates/judge-after";
import { afterGates } from "../../../lib/release/gates/rules/after";
import { seen, unknown } from "./world";

const release = { system: "nmdc-runtime", release: "v2.19.0" };
const running = (wrong: readonly string[], looked: number): Finding<Verified> =>
  found({ wrong, looked }, seen("pods", "namespace nmdc"));

describe("gates that are asked after the roll-out", () => {
  it("N5, H14, A17: pass what was seen running as released, each that the environment has", () => {
    const reports = judgeAfter(["X1", "N5", "H14", "A17"], release, running([], 7));
    assert.deepEqual(
      reports.map(({ id, verdict }) => [id, verdict]),
      [
        ["N5", "pass"],
        ["H14", "pass"],
        ["A17", "pass"],
      ],
    );
    assert.deepEqual(judgeAfter(["X1", "F15"], release, running([], 7)), []);
  });

  it("N5, H14, A17: refuse what is wrong, what nobody looked at, and what could not be asked, all at once", () => {
    for (const [verified, words] of [
      [
        running(["pod runtime-api-1 runs sha256:1"], 7),
        /N5 .*pod runtime-api-1.*\n.*A17 .*pod runtime-api-1/,
      ],
      [running([], 0), /nothing was looked at/],
      [unknown, /answered 401/],
    ] as const)
      assert.throws(() => judgeAfter(["N5", "A17"], release, verified), words);
  });

  it("are all of the catalogue's, and no other", () => {
    const after = gates.filter(({ phase }) => phase === "after").map(({ id }) => id);
    assert.deepEqual(afterGates.map(({ id }) => id).sort(), [...after].sort());
  });
});
