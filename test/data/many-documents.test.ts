import assert from "node:assert/strict";
import { join } from "node:path";
import { ProcessWatch } from "../../bench/process-watch";
import { processor } from "../../lib/data/conductor/processor";
import { FolderStorage } from "../../lib/data/dump/folder-storage";
import { processData } from "../../lib/data/migrations/process";
import { packageRoot } from "../../lib/package-root";
import { scratch } from "../scratch";
import { contentOf, EngineRun, nextOf, releaseAndConfirm, specFor } from "./engine-run";
import { ChildEngine } from "./kill/child-engine";
import { fillOthers, fillUpTo, others, small, totalOf } from "./many-documents";
import { publishedChain, schema } from "./migrations/support";
import { serverOfSuite } from "./server";

const documents = 400_000;
const database = "many";

/** MiB: of the main heap, far below the data; and of all of the engine's processes together, threads and buffers included. */
const heapLimit = 64;
const memoryLimit = 400;

describe("Many documents", () => {
  const server = serverOfSuite();

  it("39: 400,000 documents go through a bounded memory, progress only grows, and the content is what a pass in memory makes", async function () {
    this.timeout(300_000);
    await fillOthers(server.uri, database);
    const migrations = join(packageRoot(), "migrations");
    const first = specFor(server, database, {
      schema: { package: "nmdc-schema", version: "11.23.0" },
      migrations,
    });
    await releaseAndConfirm(first, processor);
    await fillUpTo(server.uri, database, documents);
    assert.equal(await totalOf(server.uri, database), documents);
    const before = await contentOf(server.uri, database);

    const next = { ...nextOf(first, "11.24.0"), schema: { package: "nmdc-schema", version: "11.24.0" } };
    const engine = new ChildEngine(
      join(packageRoot(), "build", "cli", "engine.js"),
      { do: "release", spec: next },
      { NODE_OPTIONS: `--max-old-space-size=${heapLimit}` },
    );
    const watch = new ProcessWatch(engine.pid);
    if (!(await engine.heard("in-place"))) assert.fail(await engine.ended);
    const confirmation = new EngineRun({ do: "confirm", spec: next }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.equal(await engine.ended, "0");
    const { peak } = watch.stop();
    assert.ok(peak > 0 && peak < memoryLimit, `${peak} MiB at the most`);

    const progress = engine.events.flatMap((event) =>
      event.event === "progress" && event.unit === "documents" ? [event] : [],
    );
    assert.ok(
      progress.every(({ total }) => total >= documents),
      "how many there are is told from the first on",
    );
    const done = progress.map(({ done: until }) => until);
    assert.deepEqual(
      done,
      [...done].sort((a, b) => a - b),
    );
    assert.ok((done.at(-1) ?? 0) >= documents, `progress ends at ${done.at(-1)}`);

    const after = await contentOf(server.uri, database);
    const expected = await processData({
      chain: publishedChain("11.23.0", "11.24.0"),
      schema: schema("11.24.0"),
      before: schema("11.23.0"),
      source: others,
      reports: new FolderStorage(scratch("reports")),
    });
    assert.ok(expected.changed.length > 0);
    assert.equal(after[small], before[small]);
    for (const { collection, documentsAfter, hashAfter } of expected.collections) {
      if (collection !== small) assert.equal(after[collection], `${documentsAfter}:${hashAfter}`, collection);
    }
  });
});
