import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf, loadStack } from "../../cli/gated-stack";
import { verifyRecords } from "../../cli/record";
import { type Kept, type KeepOptions, keepRecords } from "../../cli/record-keeper";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import { ReleaseWorld } from "./release-world";
import { refusalOf } from "../refusal";

describe("records of releases, kept in the repository", function () {
  // Time for the first build of the registry, where the cache has none yet.
  this.timeout(600_000);

  let world: ReleaseWorld;
  let images: ReleaseRecordData["images"];
  beforeEach(async () => {
    world = await ReleaseWorld.start();
    const { config } = await loadStack(world.folder, "staging");
    images = Object.entries(config.images).map(([name, { repository, tag, digest = "" }]) => ({
      name,
      to: `${repository}:${tag}@${digest}`,
    }));
  });
  afterEach(() => world.stop());

  const hash = async (): Promise<string> =>
    hashOf(world.folder, (await loadStack(world.folder, "staging")).config);
  const record = (number: number, change: Partial<ReleaseRecordData>): ReleaseRecordData => ({
    id: `staging-v2.19.0-${number}`,
    system: "nmdc-runtime",
    environment: "staging",
    release: "v2.19.0",
    hash: `sha256:${"0".repeat(64)}`,
    operator: "ana",
    openedAt: `2026-11-21T1${number}:00:00.000Z`,
    closedAt: `2026-11-21T1${number}:05:00.000Z`,
    outcome: "released",
    schema: { package: "nmdc-schema", from: "11.23.0", to: "11.24.0" },
    images,
    migrations: [],
    collections: [],
    durations: {},
    ...change,
  });
  const keep = (records: readonly ReleaseRecordData[], options: KeepOptions = {}): Promise<Kept> =>
    keepRecords(world.folder, "staging", records, options);
  const change = (from: string | RegExp, to: string): void => {
    world.write("Pulumi.staging.yaml", world.read("Pulumi.staging.yaml").replace(from, to));
  };
  const refused = async (action: Promise<unknown>): Promise<string> => (await refusalOf(action)).message;
  const parsed = (
    file: string,
  ): { lane: { kind: string }; commits: Record<string, string>; checksum: string } =>
    JSON.parse(world.read(file)) as ReturnType<typeof parsed>;

  it("N17: one file each, released or not; a second run, also after the stack file changed, writes nothing", async () => {
    const released = record(2, { hash: await hash() });
    const records = [record(1, { outcome: "rolled-back", reason: "a pod was not ready" }), released];
    const { records: files } = await keep(records);
    assert.deepEqual(files, [
      "releases/staging/2026-11-21T11-00-00-000Z-staging-v2.19.0-1.json",
      "releases/staging/2026-11-21T12-00-00-000Z-staging-v2.19.0-2.json",
    ]);
    assert.deepEqual(parsed(files[1] ?? "").commits, { fastapi: world.commit.slice(0, 8) });
    const texts = files.map((file) => world.read(file));
    change(
      "  slipway:grade: staging",
      "  slipway:lane: { kind: hot-fix, reason: search, by: ana }\n  slipway:grade: staging",
    );
    assert.deepEqual(await keep(records), { records: [], before: 2 });
    assert.deepEqual(
      files.map((file) => world.read(file)),
      texts,
    );
  });

  it("H16: takes the lane and the commits from the stack file that was applied, wherever it is in git", async () => {
    change(
      "  slipway:grade: staging",
      "  slipway:lane: { kind: hot-fix, reason: search, by: ana }\n  slipway:release: v2.19.0-1\n  slipway:grade: staging",
    );
    change(/ {2}slipway:release: v2\.19\.0 # .*\n/, "");
    const hotFix = await hash();
    world.project.commit("hot-fix", { "Pulumi.staging.yaml": world.read("Pulumi.staging.yaml") });
    change("slipway:lane: { kind: hot-fix, reason: search, by: ana }", "slipway:lane: { kind: normal }");
    change("slipway:release: v2.19.0-1", "slipway:release: v2.20.0");
    const { records: files } = await keep([record(1, { hash: hotFix }), record(2, { hash: await hash() })]);
    assert.deepEqual(
      files.map((file) => parsed(file).lane.kind),
      ["hot-fix", "normal"],
    );
  });

  it("guesses no lane: a release whose stack file nobody finds is refused, all at once, until it is adopted", async () => {
    const lost = [record(1, {}), record(2, {})];
    assert.match(
      await refused(keep(lost)),
      /2 problems[^]*v2\.19\.0-1: found no Pulumi\.staging\.yaml[^]*--adopt/,
    );
    assert.deepEqual(await keep([]), { records: [], before: 0 });
    assert.equal((await keep(lost, { adopt: true })).records.length, 2);
  });

  it("N17: an edited record is noticed by its checksum, by the command and by every gate that reads it", async () => {
    const one = record(1, { hash: await hash() });
    const [file = ""] = (await keep([one])).records;
    assert.equal(await verifyRecords(world.folder, "staging"), 1);
    world.write(file, world.read(file).replace('"operator": "ana"', '"operator": "eve"'));
    const said =
      /staging-v2\.19\.0-1\.json: found a checksum that does not fit: it was edited; .*restore .* from git/;
    assert.match(await refused(verifyRecords(world.folder, "staging")), said);
    assert.match(await refused(keep([one, record(2, { hash: await hash() })])), said);
  });

  it("N17: a kept record that differs from the database's is refused, and not written over", async () => {
    const one = record(1, { hash: await hash() });
    const [file = ""] = (await keep([one])).records;
    const text = world.read(file);
    assert.match(await refused(keep([{ ...one, operator: "eve" }])), /another record of the same release/);
    assert.equal(world.read(file), text);
  });

  it("H18: adds each release once to the changelog that the stack file names, what failed not at all", async () => {
    change("  slipway:grade: staging", "  slipway:records: { changelog: . }\n  slipway:grade: staging");
    const records = [
      record(1, { hash: await hash() }),
      record(2, { outcome: "failed" }),
      record(3, { hash: await hash(), closedAt: "2026-11-24T13:05:00.000Z" }),
    ];
    assert.equal((await keep(records)).changelog, "staging/changelog.md");
    const [to = ""] = images.map((image) => image.to);
    const wanted = `## 24 November 2026\n- fastapi ${to}\n\n## 21 November 2026\n- fastapi ${to}\n`;
    assert.equal(world.read("staging/changelog.md"), wanted);
  });

  it("H18: a run that died between changelog and record is gone on with, and nothing is there twice", async () => {
    const records = [record(1, { hash: await hash() })];
    await keep(records, { changelogs: "." });
    const text = world.read("staging/changelog.md");
    const fresh = await ReleaseWorld.start();
    try {
      fresh.write("staging/changelog.md", text);
      const kept = await keepRecords(fresh.folder, "staging", records, { changelogs: ".", adopt: true });
      assert.deepEqual([kept.records.length, kept.changelog], [1, undefined]);
      assert.equal(fresh.read("staging/changelog.md"), text);
    } finally {
      await fresh.stop();
    }
  });

  it("a report of another release is refused, and nothing is written", async () => {
    const report = { hash: `sha256:${"1".repeat(64)}` } as NonNullable<KeepOptions["report"]>;
    const kept = keep([record(1, { hash: await hash() })], { report });
    assert.match(await refused(kept), /--report: found gates of sha256:111/);
    writeFileSync(join(world.folder, "empty"), "");
    assert.equal(await verifyRecords(world.folder, "staging"), 0);
  });
});
