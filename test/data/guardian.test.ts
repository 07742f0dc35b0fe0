import assert from "node:assert/strict";
import type { ReleaseSpec } from "../../lib/data/protocol";
import { adopted, contentOf, EngineRun, nextOf } from "./engine-run";
import { ChildEngine, compiledEntry } from "./kill/child-engine";
import { mayWrite } from "./kill/mongo-store";
import { processor } from "./plain-data";
import { serverOfSuite, withClient } from "./server";

describe("A guardian", () => {
  const server = serverOfSuite();
  let entry: string;
  before(() => {
    entry = compiledEntry();
  });

  /** The next release of a database's own, to be looked after. */
  async function guarded(database: string): Promise<{ readonly spec: ReleaseSpec; readonly old: object }> {
    const first = await adopted(server, database);
    const guardian = { attempt: "test-v1.0.0-1", readyWithin: 60 };
    return { spec: { ...nextOf(first, "2.0.0"), guardian }, old: await contentOf(server.uri, database) };
  }

  const watching: EngineRun[] = [];
  const guard = (spec: ReleaseSpec): EngineRun => {
    const run = new EngineRun({ do: "guard", spec }, processor);
    watching.push(run);
    return run;
  };
  afterEach("nobody stays on watch", async () => {
    for (const run of watching) run.signs.give("the end of the test");
    for (const run of watching.splice(0)) await run.ended;
  });

  /** What the newest record's entries say, by kind and step. */
  async function journal(database: string): Promise<readonly string[]> {
    const entries = await withClient(server.uri, (client) =>
      client.db(database).collection("_slipway_journal").find().sort({ _id: 1 }).toArray(),
    );
    const said = entries.map(({ kind, step }) => `${String(kind)} ${String(step)}`.trim());
    return said.slice(said.lastIndexOf("opened"));
  }

  it("N16: takes the release back when its owner has died, and the record names it", async () => {
    const { spec, old } = await guarded("guard-dead");
    const guardian = guard(spec);
    const child = new ChildEngine(entry, { do: "release", spec });
    await child.inPlace();
    assert.equal(await mayWrite(server, "guard-dead"), false);
    child.signal("SIGKILL");
    assert.equal(await guardian.ended, true, guardian.said());
    const { outcome, reason, guardian: attempt } = guardian.last("closed").record;
    assert.deepEqual([outcome, attempt], ["rolled-back", "test-v1.0.0-1"]);
    assert.match(reason ?? "", /its owner died; the guardian in the cluster acts/);
    assert.deepEqual(await contentOf(server.uri, "guard-dead"), old);
    assert.equal(await mayWrite(server, "guard-dead"), true);
  });

  it("N16: finishes what was confirmed when whoever confirmed it has died too", async () => {
    const { spec } = await guarded("guard-confirmed");
    const evicted = guard(spec);
    const child = new ChildEngine(entry, { do: "release", spec });
    await child.inPlace();
    evicted.signs.give("its pod is needed elsewhere");
    assert.equal(await evicted.ended, true, evicted.said());
    child.signal("SIGSTOP");
    const confirmation = new ChildEngine(entry, { do: "confirm", spec }, { KILL_AT: "1" });
    assert.equal(await confirmation.ended, "SIGKILL");
    child.signal("SIGKILL");
    const guardian = guard(spec);
    assert.equal(await guardian.ended, true, guardian.said());
    assert.equal(guardian.last("status").status.last?.outcome, "released");
    assert.equal(await mayWrite(server, "guard-confirmed"), true);
  });

  it("N16: changes nothing while the owner lives, and ends with the release", async () => {
    const { spec } = await guarded("guard-alive");
    const guardian = guard(spec);
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.equal(await guardian.ended, true, guardian.said());
    assert.equal(guardian.last("status").status.last?.outcome, "released");
    assert.equal(guardian.has("closed"), false, "it closed nothing");
    assert.ok(!(await journal("guard-alive")).includes("taken-over"));
  });

  it("12: two of them, and an operator beside them, take the release back once", async () => {
    const { spec, old } = await guarded("guard-twice");
    const both = [guard(spec), guard(spec)];
    const child = new ChildEngine(entry, { do: "release", spec });
    await child.inPlace();
    child.signal("SIGKILL");
    await child.ended;
    const operator = new EngineRun({ do: "resume", spec }, processor);
    for (const one of both) assert.equal(await one.ended, true, one.said());
    await operator.ended;
    if (operator.has("failed")) assert.match(operator.said(), /lock: 1 problem/);
    const said = await journal("guard-twice");
    assert.equal(said.filter((one) => one === "closed").length, 1, said.join("\n"));
    assert.equal(said.filter((one) => one === "done unswap").length, 1, said.join("\n"));
    assert.deepEqual(await contentOf(server.uri, "guard-twice"), old);
  });

  it("ends at once where the release stands already", async () => {
    const first = await adopted(server, "guard-stands");
    const guardian = guard({ ...first, guardian: { attempt: "none", readyWithin: 60 } });
    assert.equal(await guardian.ended, true, guardian.said());
    assert.equal(guardian.has("closed"), false);
  });

  it("N15: a release without the guardian that it asks for is refused before writes are closed", async () => {
    const { spec, old } = await guarded("guard-missing");
    const run = new EngineRun(
      { do: "release", spec: { ...spec, guardian: { attempt: "another", readyWithin: 0.3 } } },
      processor,
    );
    assert.equal(await run.ended, false);
    assert.match(run.said(), /guardian: 1 problem[^]*no sign of life in the database/);
    assert.ok(!(await journal("guard-missing")).some((one) => one.includes("close-writes")));
    assert.deepEqual(await contentOf(server.uri, "guard-missing"), old);
  });
});
