import { strict as assert } from "node:assert";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { packageRoot } from "../../lib/package-root";
import { embedded } from "../embedded";
import { Maintained, maintained } from "./maintained";
import { Nmdc, failsWith, releases, succeeds } from "./nmdc";

const nowhere = { atmosphere: [], troposphere: [] };
const foreign = "power cut in the machine room";

describe("maintenance while NMDC Runtime is released, told by commands of this machine", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;
  let services: Maintained;

  before(async () => {
    nmdc = await Nmdc.released("told");
    services = await Maintained.beside(nmdc);
    // `slipway` reads the migrations beside the stack file.
    nmdc.system.set(["data", "migrations"], join(packageRoot(), "migrations"));
    nmdc.system.set(["maintenance"], services.section("process"));
  });

  it("X3: a stack file that gets the section puts nothing on: what it asks for stands", async () => {
    succeeds(await nmdc.system.stack.up());
    for (const service of maintained) assert.deepEqual(await services.records(service), []);
  });

  it("A12: where the second start fails, the first is ended, and the data is not touched", async () => {
    const before = await opened(nmdc);
    nmdc.system.plan(await nmdc.images(releases.second));
    const broken = { troposphere: { start: ["false", "{title}", "{message}"] } };
    nmdc.system.set(["maintenance"], services.section("process", broken));
    failsWith(await nmdc.system.stack.up(), /services\.troposphere: found start failed: exit code 1/);
    assert.deepEqual(await services.on(), nowhere);
    assert.equal((await services.records("atmosphere")).length, 1);
    assert.equal(await opened(nmdc), before, "no release was opened");
    nmdc.system.set(["maintenance"], services.section("process"));
  });

  it("A17, A18: after a release that failed it stays on, loudly, until slipway ends it; a foreign one stays", async () => {
    await services.foreign("atmosphere", foreign);
    nmdc.system.plan(await nmdc.images({ ...releases.second, version: "v2.19.0-lies" }));
    nmdc.system.set(["verification", "within"], 3);
    const title = `${new Date().toISOString().slice(0, 10)} v2.19.0-lies deployment`;
    const preview = await nmdc.system.stack.preview();
    assert.ok(preview.output.includes(`would be on in atmosphere, troposphere: ${title}`), preview.output);
    assert.match(preview.output, /on now: power cut in the machine room \(not ours: it stays\)/);
    assert.deepEqual(await services.on(), { ...nowhere, atmosphere: [foreign] }, "X2");

    failsWith(
      await nmdc.system.stack.up(),
      /STAYS ON until: slipway maintenance stop told/,
      /warning: atmosphere has one that is not ours, and keeps it: power cut/,
    );
    await nmdc.settled();
    assert.deepEqual(await services.on(), { atmosphere: [foreign, title], troposphere: [title] });

    const status = await services.slipway("maintenance", "status", "told");
    assert.equal(status.code, 0, status.output);
    assert.ok(status.output.includes(`atmosphere   on: ${foreign} (not ours)`), status.output);
    assert.ok(status.output.includes(`troposphere  on: ${title}\n`), status.output);
    assert.match(status.output, /next +slipway maintenance stop told/);
    const stopped = await services.slipway("maintenance", "stop", "told");
    assert.equal(stopped.code, 0, stopped.output);
    assert.deepEqual(await services.on(), { ...nowhere, atmosphere: [foreign] });
    assert.match((await services.slipway("maintenance", "status", "told")).output, /: ended by ben at /);
  });

  it("A12, A17: a good release: on before the data is touched, off when the record is closed; once", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    succeeds(await nmdc.system.stack.up());
    const { openedAt, closedAt = "" } = await nmdc.record();
    for (const service of maintained) {
      const own = (await services.records(service)).filter(({ title }) =>
        title.endsWith(" v2.19.0 deployment"),
      );
      // The first one of atmosphere is of the start that was taken back.
      assert.equal(own.length, service === "atmosphere" ? 2 : 1, JSON.stringify(own));
      const good = own.at(-1);
      assert.ok(good?.end_date);
      assert.match(good.message, /^Atmosphere is down for a Scheduled Maintenance, Today between .* UTC\.$/);
      assert.ok(+good.start_date <= Date.parse(openedAt) && +good.end_date >= Date.parse(closedAt));
    }
    const before = await services.records("troposphere");
    succeeds(await nmdc.system.stack.up(undefined, "--expect-no-changes"));
    assert.deepEqual(await services.records("troposphere"), before);
  });

  it("A12, A17: a killed runner leaves it on; the next up makes no second record, and ends it", async () => {
    nmdc.system.plan(await nmdc.images(releases.third));
    const cli = nmdc.system.stack.start(["up", ...nmdc.system.stack.onStack(), "--yes", "--skip-preview"]);
    await printed(cli, "maintenance: on in troposphere");
    cli.kill("SIGKILL");
    await once(cli, "close");
    await nmdc.settled();
    const [left = "", ...others] = (await services.on()).troposphere;
    assert.match(left, / v2\.19\.1 deployment$/);
    assert.deepEqual(others, []);
    await nmdc.system.stack.unlock();
    succeeds(await nmdc.system.stack.up());
    assert.deepEqual(await services.on(), { ...nowhere, atmosphere: [foreign] });
    const own = (await services.records("troposphere")).filter(({ title }) => title === left);
    assert.equal(own.length, 1);
  });

  it("N17: slipway record keeps every closed record, failed ones too; once; an edit is noticed", async () => {
    const record = (...more: string[]): ReturnType<Maintained["slipway"]> =>
      services.slipway("record", "told", "--adopt", ...more);
    const closed = (await closings(nmdc)).length;
    const first = await record("--json");
    const { records } = JSON.parse(first.output) as { records: string[] };
    assert.equal(records.length, closed);
    const texts = records.map((file) => readFileSync(join(nmdc.system.stack.project, file), "utf8"));
    assert.ok(texts.some((text) => text.includes('"outcome": "rolled-back"')));
    assert.match((await record()).output, new RegExp(`^nothing new: ${closed} records are kept`));
    const [file = ""] = records;
    writeFileSync(join(nmdc.system.stack.project, file), (texts[0] ?? "").replace("v2.18.0", "v2.18.1"));
    const edited = await record("--verify");
    assert.equal(edited.code, 1);
    assert.match(edited.output, /found a checksum that does not fit: it was edited/);
  });

  it("A17: with the stack file set back to what stands, the next up looks at the system and ends it", async () => {
    const stands = await nmdc.images(releases.third);
    nmdc.system.plan(await nmdc.images({ ...releases.third, version: "v2.19.3-lies" }));
    nmdc.system.set(["verification", "within"], 3);
    assert.notEqual((await nmdc.system.stack.up()).code, 0);
    await nmdc.settled();
    assert.match((await services.on()).troposphere.join(), /v2\.19\.3-lies/);
    nmdc.system.plan(stands);
    succeeds(await nmdc.system.stack.up());
    assert.deepEqual(await services.on(), { ...nowhere, atmosphere: [foreign] });
    succeeds(await nmdc.system.stack.up(undefined, "--expect-no-changes"));
  });

  it("A17: with onFailure stop it ends by itself, once the old release serves again", async () => {
    nmdc.system.plan(await nmdc.images({ ...releases.third, version: "v2.19.2-lies" }));
    nmdc.system.set(["maintenance", "onFailure"], "stop");
    assert.notEqual((await nmdc.system.stack.up()).code, 0);
    while ((await services.on()).troposphere.length > 0) await sleep(200);
    await nmdc.settled();
    const [ended] = (await services.records("troposphere")).filter(({ title }) => title.includes("v2.19.2"));
    const [last] = await closings(nmdc);
    assert.equal(last?.detail.outcome, "rolled-back");
    assert.ok(ended?.end_date && +ended.end_date >= Date.parse(last.at));
  });
});

describe("maintenance while NMDC Runtime is released, told in pods (needs a real node)", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;
  let services: Maintained;

  before(async function () {
    if ((await embedded()).node === "played") this.skip(); // Nothing can be run in a played node's pods: needs a real one.
    nmdc = await Nmdc.released("in-pods");
    services = await Maintained.beside(nmdc);
    nmdc.system.set(["data", "migrations"], join(packageRoot(), "migrations"));
    nmdc.system.set(["maintenance"], services.section("pod"));
  });

  it("A12: a service that is not deployed yet has nobody to tell: said, and released", async () => {
    await services.deployInPods();
    const output = succeeds(await nmdc.system.stack.up());
    assert.match(output, /maintenance: not in atmosphere: no atmosphere in nmdc-in-pods yet/);
    for (const service of maintained) assert.deepEqual(await services.records(service), []);
  });

  it("A12: where the second start fails in its pod, the first is ended again", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    const broken = { troposphere: { start: ["/maintained", "nonsense", "{title}", "{message}"] } };
    nmdc.system.set(["maintenance"], services.section("pod", broken));
    failsWith(
      await nmdc.system.stack.up(),
      /services\.troposphere: found start failed: exit code 1 in pod troposphere-.*usage: maintained/,
    );
    assert.deepEqual(await services.on(), nowhere);
    assert.equal((await services.records("atmosphere")).length, 1);
    nmdc.system.set(["maintenance"], services.section("pod"));
  });

  it("A12, A17, A18: on in both pods while the release is under way, and ours alone is ended", async () => {
    await services.foreign("troposphere", foreign);
    nmdc.system.plan(await nmdc.images(releases.second));
    succeeds(await nmdc.system.stack.up());
    const { openedAt, closedAt = "" } = await nmdc.record();
    for (const service of maintained) {
      const own = (await services.records(service)).findLast(({ title }) => title.includes("v2.19.0"));
      assert.ok(
        own?.end_date && +own.start_date <= Date.parse(openedAt) && +own.end_date >= Date.parse(closedAt),
      );
    }
    assert.deepEqual(await services.on(), { ...nowhere, troposphere: [foreign] });
    succeeds(await nmdc.system.stack.up(undefined, "--expect-no-changes"));
  });

  it("A17: stays on in both pods where the verification fails; slipway ends it in both", async () => {
    nmdc.system.plan(await nmdc.images({ ...releases.third, version: "v2.19.1-lies" }));
    nmdc.system.set(["verification", "within"], 3);
    failsWith(await nmdc.system.stack.up(), /STAYS ON until: slipway maintenance stop in-pods/);
    await nmdc.settled();
    const on = await services.on();
    assert.match(on.atmosphere.join(), /^\S+ v2\.19\.1-lies deployment$/);
    assert.deepEqual(on.troposphere, [foreign, ...on.atmosphere]);
    const stopped = await services.slipway("maintenance", "stop", "in-pods");
    assert.equal(stopped.code, 0, stopped.output);
    assert.deepEqual(await services.on(), { ...nowhere, troposphere: [foreign] });
  });
});

interface JournalEntry {
  readonly _id: number;
  readonly kind: string;
  readonly at: string;
  readonly detail: { readonly outcome?: string };
}

/** Resolves when the CLI has printed this; rejects when it ended before. */
function printed(cli: ChildProcess, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    cli.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(wanted)) resolve();
    });
    cli.once("close", () => {
      reject(new Error(`pulumi ended without printing "${wanted}":\n${output}`));
    });
  });
}

/** How many releases were ever opened. */
function opened(nmdc: Nmdc): Promise<number> {
  return nmdc.system.withDatabase((db) =>
    db.collection("_slipway_journal").countDocuments({ kind: "opened" }),
  );
}

/** Closings of records, newest first. */
function closings(nmdc: Nmdc): Promise<readonly JournalEntry[]> {
  return nmdc.system.withDatabase((db) =>
    db.collection<JournalEntry>("_slipway_journal").find({ kind: "closed" }).sort({ _id: -1 }).toArray(),
  );
}
