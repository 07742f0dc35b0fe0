import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { StackFile } from "../../../lib/config/stack-file";
import type { ReleaseRecordData } from "../../../lib/data/protocol";
import { atomically } from "../../../lib/release/promotion/atomic-file";
import { lineDiff } from "../../../lib/release/promotion/line-diff";
import { readDeployments, writeRecordFile } from "../../../lib/release/promotion/record-files";

const digest = `sha256:${"a".repeat(64)}`;
const record: ReleaseRecordData = {
  id: "prod-v2.19.0-2",
  system: "nmdc-runtime",
  environment: "prod",
  release: "v2.19.0",
  hash: digest,
  operator: "ana",
  openedAt: "2026-11-21T10:00:00.000Z",
  closedAt: "2026-11-21T10:04:00.000Z",
  outcome: "released",
  schema: { package: "nmdc-schema", from: "11.23.0", to: "11.24.0" },
  images: [{ name: "fastapi", to: `ghcr.io/org/fastapi:v2.19.0@${digest}` }],
  migrations: [],
  collections: [],
  durations: {},
};

describe("files of a promotion", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-files-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("a file is written whole or not at all, and leaves no draft behind", async () => {
    const file = join(folder, "a", "Pulumi.prod.yaml");
    await atomically(file, "one");
    await atomically(file, "two");
    assert.equal(readFileSync(file, "utf8"), "two");
    mkdirSync(join(folder, "taken"));
    writeFileSync(join(folder, "taken", "x"), "");
    await assert.rejects(atomically(join(folder, "taken"), "three"), "a folder is in its place");
    assert.deepEqual(readdirSync(join(folder, "a")), ["Pulumi.prod.yaml"]);
    assert.deepEqual(readdirSync(folder).sort(), ["a", "taken"]);
  });

  it("N17: a record that is written is read back as the environment's release; twice is one file", async () => {
    const file = { record, lane: { kind: "normal" } as const, commits: { fastapi: "1c704975" }, gates: [] };
    const path = await writeRecordFile(folder, file);
    assert.equal(await writeRecordFile(folder, file), path);
    assert.deepEqual(await readDeployments(folder), [
      {
        environment: "prod",
        release: "v2.19.0",
        hash: digest,
        at: record.closedAt,
        by: "ana",
        outcome: "released",
        verified: true,
        lane: "normal",
        pins: [
          { name: "fastapi", repository: "ghcr.io/org/fastapi", tag: "v2.19.0", digest, commit: "1c704975" },
        ],
        schema: "11.24.0",
        where: path,
      },
    ]);
  });

  it("N17: a file that is no record is named, and none is passed over: it could be the newest", async () => {
    assert.deepEqual(await readDeployments(join(folder, "none")), []);
    await writeRecordFile(folder, { record, lane: { kind: "normal" }, commits: {}, gates: [] });
    writeFileSync(join(folder, "prod", "z.json"), "{");
    writeFileSync(join(folder, "prod", "y.json"), JSON.stringify({ record: { ...record, hash: "1" } }));
    await assert.rejects(
      readDeployments(folder),
      (error: Error) =>
        /y\.json.*record\.hash/.test(error.message) && /z\.json: found no JSON/.test(error.message),
    );
  });

  it("a folder that cannot be read is an error, not an empty one", async () => {
    writeFileSync(join(folder, "releases"), "a file");
    await assert.rejects(readDeployments(join(folder, "releases")), { code: "ENOTDIR" });
  });

  it("the diff of a stack file shows what changed with its surroundings, and nothing for equal texts", () => {
    const before = readFileSync(
      join(__dirname, "..", "..", "golden", "release", "stack-before.yaml"),
      "utf8",
    );
    const stack = StackFile.parse(before, "Pulumi.prod.yaml");
    stack.set(["release"], "v2.19.0");
    stack.set(["images", "fastapi", "tag"], "v2.19.0");
    stack.set(["images", "fastapi", "digest"], digest);
    stack.set(["data", "schema", "version"], "11.24.0");
    const diff = lineDiff(before, stack.toString(), "Pulumi.prod.yaml");
    assert.equal(
      `${diff}\n`,
      readFileSync(join(__dirname, "..", "..", "golden", "release", "stack.diff"), "utf8"),
    );
    assert.equal(lineDiff(before, before, "Pulumi.prod.yaml"), "");
  });

  it("a diff can be carried out: its lines give both texts back", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
      .map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after, "x", 100).split("\n").slice(2);
        if (before === after) return;
        const side = (sign: string): string =>
          lines
            .filter((line) => line.startsWith(" ") || line.startsWith(sign))
            .map((line) => line.slice(1))
            .join("\n");
        assert.deepEqual([side("-"), side("+")], [before, after]);
      }),
    );
  });
});
