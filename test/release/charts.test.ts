import { strict as assert } from "node:assert";
import { cpSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../lib/problem";
import { chartHashes } from "../../lib/release/chart-hash";
import { withValue } from "../../lib/release/chart-values";
import { scratch } from "../scratch";

function chart(folder: string): string {
  mkdirSync(join(folder, "templates"), { recursive: true });
  writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: one\nversion: 1.0.0\n");
  writeFileSync(join(folder, "templates", "workload.yaml"), "kind: Deployment\n");
  return folder;
}

describe("a chart in a folder", () => {
  it("H13, X1: has one hash wherever it lies, and another one when a byte or a name of it changes", () => {
    const one = chart(join(scratch("charts"), "one"));
    const hash = (folder: string): string => chartHashes({ api: folder })["api"] ?? "";
    const before = hash(one);
    const other = join(scratch("charts"), "other");
    cpSync(one, other, { recursive: true });
    assert.equal(hash(other), before);
    writeFileSync(join(other, "templates", "workload.yaml"), "kind: StatefulSet\n");
    assert.notEqual(hash(other), before);
    renameSync(join(one, "templates", "workload.yaml"), join(one, "templates", "pods.yaml"));
    assert.notEqual(hash(one), before);
  });

  it("X4: every folder that is none is refused at once, by its service", () => {
    const nowhere = scratch("charts");
    assert.throws(
      () => chartHashes({ api: nowhere, worker: join(nowhere, "w") }),
      (error) =>
        error instanceof Refusal &&
        error.problems.map(({ where }) => where).join(" ") ===
          "slipway:services.api.chart.from slipway:services.worker.chart.from",
    );
  });

  it("H13: gets what the release decides under any of its values; the others stay", () => {
    const values = { app: { image: "old", port: 80 }, name: "api" };
    assert.deepEqual(withValue(values, ["app", "image"], "new"), {
      app: { image: "new", port: 80 },
      name: "api",
    });
    assert.deepEqual(withValue(values, ["name", "deep"], 1), {
      app: { image: "old", port: 80 },
      name: { deep: 1 },
    });
    assert.equal(values.app.image, "old");
  });
});
