import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDone, writeDone } from "../../../lib/release/gates/gather/checklist";
import { secondClock } from "../../../lib/release/gates/gather/clock";
import { commandFact, publishedFact, told } from "../../../lib/release/gates/gather/commands";
import { deploymentsFact } from "../../../lib/release/gates/gather/project";
import { readSmoke, writeSmoke } from "../../../lib/release/gates/gather/smoke";
import { mustBeUnjudged, mustContradict, mustFind } from "../../evidence/assert-finding";
import { HttpFixture } from "../../evidence/http-fixture";

describe("facts that are gathered", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-facts-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const backup =
    '[{"store":"nmdc","name":"b.tar.gz","at":"2026-11-25T00:00:00Z","bytes":1,"hash":"sha256:1"}]';
  it("F24: a command tells the backups; one that fails or prints something else leaves the gate waiting", async () => {
    const tell = (command: string | undefined): ReturnType<typeof commandFact> =>
      commandFact("backups", command, told.backups, folder);
    assert.deepEqual(mustFind(await tell(`echo '${backup}'`)).value, JSON.parse(backup));
    assert.match(mustBeUnjudged(await tell(undefined)), /slipway:gates\.evidence\.backups/);
    assert.match(mustBeUnjudged(await tell("exit 3")), /the command failed/);
    assert.match(mustBeUnjudged(await tell("echo no json")), /slipway:gates\.evidence\.backups/);
    assert.match(mustBeUnjudged(await tell(`echo '${backup.replace("1,", "-1,")}'`)), /0\.bytes/);
  });

  it("X5: what a failing command printed is not shown", async () => {
    const said = mustBeUnjudged(await commandFact("backups", "echo topsecret; exit 1", told.backups, folder));
    assert.doesNotMatch(said.replace("echo topsecret; exit 1", ""), /topsecret/);
  });

  it("N4: a package is published when its command says so", async () => {
    assert.equal(mustFind(await publishedFact("echo 2.19.0", folder)).value, "2.19.0");
    assert.match(mustContradict(await publishedFact("false", folder)), /not published/);
  });

  it("W3: any answer's date is a clock; no answer, no date and no server are none", async () => {
    const http = await HttpFixture.start(() => ({
      status: 403,
      headers: { date: "Sat, 21 Nov 2026 12:00:00 GMT" },
    }));
    try {
      assert.equal(mustFind(await secondClock(`http://${http.host}/`)).value, "2026-11-21T12:00:00.000Z");
      http.answering(() => ({ status: 200, headers: { date: "soon" } }));
      assert.match(mustBeUnjudged(await secondClock(`http://${http.host}/`)), /without a date/);
    } finally {
      await http.stop();
    }
    assert.match(mustBeUnjudged(await secondClock("http://127.0.0.1:1/")), /cannot be reached/);
    assert.match(mustBeUnjudged(await secondClock(undefined)), /no server is named/);
  });

  it("A2: what was done is kept per release, once, and read back", async () => {
    const done = {
      item: "notice",
      at: "2026-11-10T10:00:00Z",
      by: "carol",
      evidence: "https://mail.test/1",
    } as const;
    assert.deepEqual(mustFind(await readDone(folder, "prod", "v38-0")).value, []);
    const path = await writeDone(folder, "prod", "v38-0", done);
    await writeDone(folder, "prod", "v38-0", { ...done, at: "2026-11-11T10:00:00Z" });
    assert.deepEqual(
      mustFind(await readDone(folder, "prod", "v38-0")).value,
      [done],
      "the first time counts",
    );
    assert.deepEqual(mustFind(await readDone(folder, "prod", "v38-1")).value, []);
    writeFileSync(join(folder, path), "{");
    assert.match(mustBeUnjudged(await readDone(folder, "prod", "v38-0")), /no checklist/);
  });

  it("N1: a smoke test is found by its commit; a file of another commit is refused", async () => {
    const record = {
      commit: "a".repeat(40),
      command: "make test",
      outcome: "success",
      cleanTree: true,
      at: "2026-11-21T10:00:00Z",
      by: "ana",
    } as const;
    assert.equal(mustFind(await readSmoke(folder, record.commit)).value, undefined);
    const path = await writeSmoke(folder, record);
    assert.deepEqual(mustFind(await readSmoke(folder, record.commit)).value, record);
    writeFileSync(join(folder, path), JSON.stringify({ ...record, commit: "b".repeat(40) }));
    assert.match(
      mustContradict(await readSmoke(folder, record.commit)),
      /no record of a smoke test of this commit/,
    );
  });

  it("H15: records that cannot be read make nothing known; smoke tests and checklists are no records", async () => {
    const now = "2026-11-21T10:00:00Z";
    await writeSmoke(folder, {
      commit: "a".repeat(40),
      command: "x",
      outcome: "success",
      cleanTree: true,
      at: now,
      by: "ana",
    });
    await writeDone(folder, "prod", "v1", { item: "notice", at: now, by: "carol", evidence: "x" });
    assert.deepEqual(mustFind(await deploymentsFact({ project: folder, now })).value, []);
    mkdirSync(join(folder, "releases", "staging"), { recursive: true });
    writeFileSync(join(folder, "releases", "staging", "1.json"), "[]");
    assert.match(mustBeUnjudged(await deploymentsFact({ project: folder, now })), /staging.*1\.json/);
    assert.deepEqual(readdirSync(join(folder, "releases")).sort(), [".smoke", "prod", "staging"]);
  });
});
