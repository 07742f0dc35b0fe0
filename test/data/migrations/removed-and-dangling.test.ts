import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Document } from "mongodb";
import { bound, loadMigrations } from "../../../lib/data/migrations";
import {
  examples,
  type Processed,
  type RawDatabase,
  run,
  sourceOf,
  toRaw,
  withFolder,
  writeStep,
} from "./support";

const [instrument] = examples()["instrument_set"] ?? [];

/** Runs one step whose functions are these. */
function migrate(body: string, raw: RawDatabase, beside?: RawDatabase): Promise<Processed> {
  const code = `import { defineMigration, removed } from "../../../lib/data/migrations/typescript/define";
export default defineMigration(${body});`;
  return withFolder(async (folder) => {
    await writeStep(folder, "11.23.0-to-11.24.0", { "migration.ts": code });
    const rest = beside && { beside: { source: sourceOf(beside), idKinds: ["nmdc:sty-", "nmdc:inst-"] } };
    return run(raw, loadMigrations(folder).steps, rest);
  });
}

describe("What a migration takes away", () => {
  const instruments = (count: number): RawDatabase =>
    toRaw({
      instrument_set: Array.from({ length: count }, (_, n): Document => ({
        ...instrument,
        id: `nmdc:inst-11-${n}`,
      })),
    });
  const takeAll = `{ collections: { instrument_set: (one) => removed("not needed: " + one["id"]) } }`;

  it("is in the report when it is little", async () => {
    const { report, removed } = await migrate(takeAll, instruments(bound));
    assert.equal(report.removed.length, bound);
    assert.equal(report.removedFileHash, undefined);
    assert.equal(removed, undefined);
  });

  it("is all in a file when it is much, each document with its reason; the report holds the file's hash", async () => {
    const { report, removed = "" } = await migrate(takeAll, instruments(bound + 55));
    const lines = removed
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Document);
    assert.equal(lines.length, bound + 55);
    assert.deepEqual(lines.slice(0, bound), report.removed);
    assert.match(String(lines.at(-1)?.["reason"]), /not needed: nmdc:inst-11-254/);
    assert.equal(new Set(lines.map(({ id }): unknown => id)).size, bound + 55);
    assert.equal(report.removedFileHash, createHash("sha256").update(removed).digest("hex"));
  });
});

describe("N13: references when a part of a database is done again", () => {
  const part = toRaw({ instrument_set: [{ ...instrument, id: "nmdc:inst-11-a", name: "old" }] });
  const rest = toRaw({ study_set: [{ id: "nmdc:sty-11-there", type: "nmdc:Study", see: "nmdc:inst-11-a" }] });
  const named = (target: string): string =>
    `{ collections: { instrument_set: (one) => ({ ...one, name: "${target}" }) } }`;

  it("a new reference to what stands beside leads somewhere", async () => {
    const { report } = await migrate(named("nmdc:sty-11-there"), part, rest);
    assert.deepEqual(report.dangling, []);
  });

  it("one to what stands nowhere is listed, though only what stands beside has ids of its kind", async () => {
    const { report } = await migrate(named("nmdc:sty-11-absent"), part, rest);
    assert.deepEqual(
      report.dangling.map(({ collection, target, why }) => [collection, target, why]),
      [["instrument_set", "nmdc:sty-11-absent", "new-reference"]],
    );
  });

  it("documents that stand beside and lose their target are listed", async () => {
    const { report } = await migrate(
      `{ collections: { instrument_set: () => removed("gone") } }`,
      part,
      rest,
    );
    assert.deepEqual(
      report.dangling.map(({ collection, target, why }) => [collection, target, why]),
      [["study_set", "nmdc:inst-11-a", "target-removed"]],
    );
  });
});
