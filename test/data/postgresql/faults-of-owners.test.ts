import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { processor } from "../../../lib/data/conductor/processor";
import { rowsOf, TestPostgres } from "../../postgres";
import { scratch } from "../../scratch";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import { ChildEngine, compiledEntry } from "../kill/child-engine";
import { ask, fails, onceReleased, plainStep, remembered, step } from "./faults";
import { databasesLike, firstRelease, migrationList, type PostgresRelease } from "./support";

const onPostgres = { KILL_STORE: "postgresql" };

/** Owners that die, sleep, come twice or are told to stop; journals and clocks that somebody else has touched. */
describe("Faults of a PostgreSQL release's owners", function () {
  this.timeout(120_000);
  const server = new TestPostgres();
  let entry: string;
  before("compile the engine that kills itself", () => {
    entry = compiledEntry();
  });

  const onJournal = (spec: PostgresRelease, statement: string): Promise<readonly Record<string, unknown>[]> =>
    rowsOf(server.uri("slipway", spec.store.journal), statement);

  it("6: a journal entry that was changed is refused, by its number", async () => {
    const spec = await onceReleased(server, "forged");
    await onJournal(
      spec,
      `UPDATE journal SET entry = replace(entry::text, 'ana', 'eve')::json WHERE number = 1`,
    );
    assert.match(
      await fails(spec),
      /slipway_forged\.journal, entry 1: found an entry whose checksum does not fit/,
    );
    assert.deepEqual(await databasesLike(server, "forged"), ["forged"]);
  });

  it("7: versions of a release that no journal knows are refused, and nothing is dropped", async () => {
    const spec = await onceReleased(server, "gone");
    const killed = new ChildEngine(entry, { do: "release", spec }, { ...onPostgres, KILL_AT: "3" });
    assert.equal(await killed.ended, "SIGKILL");
    await rowsOf(server.uri("postgres"), "DROP DATABASE slipway_gone");
    const before = await databasesLike(server, "gone");
    assert.deepEqual(before, ["gone", "gone__new_2", "gone~__new_2"]);
    const said = await fails({ ...spec, hash: "sha256:anew" });
    assert.match(said, /gone__new_2: found a version of release token 2, which the journal does not know/);
    assert.deepEqual(await databasesLike(server, "gone"), before);
  });

  it("12: a second release, the same or another, says who holds the lock, and changes nothing", async () => {
    const spec = await onceReleased(server, "twice");
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    for (const second of [spec, { ...nextOf(spec, "2.0.0"), release: "v2.0.1", hash: "sha256:other" }])
      assert.match(await fails(second), /found release v2\.0\.0 of ana at work/);
    const other = new EngineRun({ do: "confirm", spec: { ...spec, hash: "sha256:other" } }, processor);
    assert.equal(await other.ended, false);
    assert.match(other.said(), /another content/);
    await ask("confirm", spec);
    assert.equal(await run.ended, true, run.said());
  });

  it("13: an owner that was paused beyond its lease stops, and touches nothing any more", async () => {
    const spec = await onceReleased(server, "paused");
    const whole = await remembered(server, spec);
    const paused = new ChildEngine(entry, { do: "release", spec }, onPostgres);
    assert.equal(await paused.heard("in-place"), true);
    paused.signal("SIGSTOP");
    const resume = await ask("resume", spec);
    assert.equal(resume.last("status").status.last?.outcome, "rolled-back");
    paused.signal("SIGCONT");
    assert.match(await paused.ended, /^1/);
    assert.match(JSON.stringify(paused.events.at(-1)), /is no longer ours/);
    await whole();
  });

  it("13: an owner that wakes up with its renames in hand renames nothing: the lock is another's", async () => {
    const spec = await onceReleased(server, "late");
    const whole = await remembered(server, spec);
    // It stops itself right before the renames: intent on record, nothing sent.
    const paused = new ChildEngine(entry, { do: "release", spec }, { ...onPostgres, STOP_BEFORE: "rename" });
    for (;;) {
      const { open } = (await ask("status", spec)).last("status").status;
      if (open?.stage === "swap" && !open.ownerAlive) break;
    }
    assert.equal((await ask("resume", spec)).last("status").status.last?.outcome, "rolled-back");
    paused.signal("SIGCONT");
    assert.match(await paused.ended, /^1/);
    await whole();
    const again = await releaseAndConfirm(spec, processor);
    assert.equal(again.last("closed").record.outcome, "released");
  });

  it("13: who lost the lock in the very transaction of the renames is refused by the lock's row", async () => {
    const spec = await onceReleased(server, "lost");
    const whole = await remembered(server, spec);
    const said = await fails(spec, async (name) => {
      if (name.startsWith("before rename")) await onJournal(spec, "UPDATE lock SET token = token + 1");
    });
    assert.match(said, /the lock with token 2 is no longer ours/);
    await onJournal(spec, "UPDATE lock SET owner = NULL, expires = to_timestamp(0)");
    await ask("resume", spec);
    await whole();
  });

  it("14: a lock that seems to be held for an hour, since the clock was put back, holds nobody up", async () => {
    const spec = await onceReleased(server, "back");
    const whole = await remembered(server, spec);
    const child = new ChildEngine(entry, { do: "release", spec }, onPostgres);
    assert.equal(await child.heard("in-place"), true);
    child.signal("SIGKILL");
    await child.ended;
    const elsewhere = `replace(owner::text, '"machine":"', '"machine":"elsewhere ')::json`;
    await onJournal(spec, `UPDATE lock SET owner = ${elsewhere}, expires = now() + interval '1 hour'`);
    await ask("resume", spec);
    await whole();
  });

  it("14: a lock that ran out, since the clock was put ahead, is taken; its owner does no harm", async () => {
    const spec = await onceReleased(server, "ahead");
    const run = new EngineRun({ do: "release", spec }, processor, { lease: 20 });
    await run.inPlace();
    await onJournal(spec, "UPDATE lock SET expires = now() - interval '1 hour'");
    await ask("confirm", spec);
    await run.ended;
    const { open, last } = (await ask("status", spec)).last("status").status;
    assert.deepEqual([open, last?.outcome], [undefined, "released"]);
    assert.deepEqual(await databasesLike(server, "ahead"), ["ahead", "ahead__old_2"]);
  });

  it("22: another migration between the crash and the next attempt: nothing of the first is mixed in", async () => {
    const spec = await onceReleased(server, "mended");
    const child = new ChildEngine(entry, { do: "release", spec }, onPostgres);
    assert.equal(await child.heard("in-place"), true);
    child.signal("SIGKILL");
    await child.ended;
    const migrations = migrationList({
      [`${step}/01.sql`]: "UPDATE project SET state = 'mended' WHERE id = 1;",
    });
    const next = { ...spec, migrations, hash: "sha256:mended" };
    await releaseAndConfirm(next, processor);
    const states = "SELECT state, count(*)::int AS rows FROM project GROUP BY 1 ORDER BY 1";
    assert.deepEqual(await rowsOf(server.uri("postgres", "mended"), states), [
      { state: "mended", rows: 1 },
      { state: "new", rows: 49 },
    ]);
  });

  it("23: what is released already, or at its schema, closes no writes and copies nothing", async () => {
    const spec = await onceReleased(server, "still");
    await releaseAndConfirm(spec, processor);
    const steps =
      "SELECT number FROM journal WHERE entry->>'step' IN ('close-writes', 'stage', 'swap') ORDER BY 1";
    const before = await onJournal(spec, steps);
    const all = await onJournal(spec, "SELECT number FROM journal");
    await releaseAndConfirm(spec, processor);
    assert.deepEqual(await onJournal(spec, "SELECT number FROM journal"), all);
    const names = await databasesLike(server, "still");
    const moves = await releaseAndConfirm({ ...spec, release: "v2.0.1", hash: "sha256:images" }, processor);
    assert.deepEqual(moves.last("closed").record.collections, []);
    const after = await onJournal(spec, `${steps} OFFSET ${before.length}`);
    assert.equal(after.length, 2, "a swap of nothing, begun and done");
    assert.deepEqual(await databasesLike(server, "still"), names);
  });

  it("36: a wrong password stops the release at once, and stands nowhere", async () => {
    const password = "not-the-password-4711";
    const uri = server.uri("slipway").replace(/:[^:@/]+@/, `:${password}@`);
    const list = migrationList(plainStep);
    const spec = firstRelease(server, ["wrong"], list, { uri: { kind: "value", value: uri } });
    const run = new EngineRun({ do: "release", spec }, processor);
    assert.equal(await run.ended, false);
    assert.match(run.said(), /slipway:data\.store\.uri.*: found password authentication failed/);
    assert.equal(JSON.stringify(run.events).includes(password), false);
  });

  it("36: no secret is in what a release says, leaves behind or starts programs with", async () => {
    const spec = await onceReleased(server, "secret");
    const secrets = (["slipway", "runtime"] as const).map((user) => new URL(server.uri(user)).password);
    const seen = new Set<string>();
    const watch = setInterval(() => {
      for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) seen.add(commandOf(id));
    }, 5);
    const run = await releaseAndConfirm(spec, processor).finally(() => {
      clearInterval(watch);
    });
    const commands = [...seen].join("\n");
    assert.match(commands, /pg_restore/, "programs were seen at work");
    const folder = join(spec.dump.keep, run.last("closed").record.id);
    const left = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry_) => entry_.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"));
    const journal = JSON.stringify(await onJournal(spec, "SELECT entry FROM journal"));
    const all = [JSON.stringify(run.events), journal, commands, ...left].join("\n");
    for (const secret of secrets) assert.equal(all.includes(secret), false);
  });

  for (const [signal, when] of [
    ["SIGINT", "rehearse"],
    ["SIGTERM", "in place"],
  ] as const) {
    it(`38: ${signal} (${when}) takes the release back, and a second one changes nothing about that`, async () => {
      const spec = await onceReleased(server, signal.toLowerCase());
      const whole = await remembered(server, spec);
      const child = new ChildEngine(entry, { do: "release", spec }, onPostgres);
      const isRehearsing = (): boolean =>
        child.events.some((event) => event.event === "stage" && event.stage === "rehearse");
      if (when === "in place") assert.equal(await child.heard("in-place"), true);
      else while (!isRehearsing()) await pause(2);
      child.signal(signal);
      child.signal(signal);
      assert.match(await child.ended, /^1/);
      await whole();
    });
  }

  it("41: when taking back fails too, both errors are said, writes stay closed, and the next command is named", async () => {
    const spec = await onceReleased(server, "both");
    const whole = await remembered(server, spec);
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    const rename = (from: string, to: string): Promise<unknown> =>
      rowsOf(server.uri("postgres"), `ALTER DATABASE "${from}" RENAME TO "${to}"`);
    await rename("both", "elsewhere");
    run.signs.give("nobody confirms");
    assert.equal(await run.ended, false);
    assert.match(run.said(), /nobody confirms/);
    assert.match(run.said(), /nothing under the name both/);
    assert.match(run.said(), /slipway data resume/);
    await rename("elsewhere", "both");
    await assert.rejects(
      rowsOf(server.uri("runtime", "both"), "INSERT INTO project (name) VALUES ('no')"),
      /read-only transaction/,
    );
    await ask("resume", { ...spec, dump: { keep: scratch("dump") } });
    await whole();
  });
});

/** The arguments of a process; nothing where it has ended. */
function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "latin1");
  } catch {
    return "";
  }
}
