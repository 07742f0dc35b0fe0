import assert from "node:assert/strict";
import {
  besideNames,
  contentOf,
  EngineRun,
  releaseAndConfirm,
  releasedOnce,
  type MongoRelease,
} from "./engine-run";
import { mayWrite } from "./kill/mongo-store";
import { processor } from "./plain-data";
import { firstStart, setClock, startServer, type TestServer } from "./server";

/** Seconds that are left when a release begins, seconds that the clock is put ahead then, and a lease that outlasts that. */
const left = 60;
const jump = 65;
const lease = 150;

describe("F19: a window that closes in the middle of a release", () => {
  let server: TestServer;
  before(async function () {
    this.timeout(firstStart);
    server = await startServer({ testCommands: true });
    if (server.kind === "mongod") this.skip(); // Needs the stand-in's clock.
  });
  afterEach(() => setClock(server, 0));
  after(() => server.stop());

  /** A release whose data may be switched for a minute from now. */
  async function ready(database: string, changes: Partial<MongoRelease> = {}): Promise<MongoRelease> {
    const next = await releasedOnce(server, database);
    const deadline = new Date(Date.now() + left * 1000).toISOString();
    return { ...next, deadline, ...changes };
  }

  async function takenBack(run: EngineRun, spec: MongoRelease): Promise<void> {
    const { database } = spec.store;
    assert.equal(await run.ended, false);
    assert.match(run.said(), /latest instant at which the data may be switched: found \S+Z, and/);
    assert.equal(await mayWrite(server, database), true);
    assert.deepEqual(await besideNames(server.uri, database), []);
  }

  const closed = (run: EngineRun): boolean =>
    run.events.some((event) => event.event === "stage" && event.stage === "close-writes");

  it("it is over already: writes are never closed", async () => {
    const spec = await ready("over");
    const before = await contentOf(server.uri, "over");
    await setClock(server, jump);
    const run = new EngineRun({ do: "release", spec }, processor);
    await takenBack(run, spec);
    assert.equal(run.last("closed").record.outcome, "failed");
    assert.equal(closed(run), false);
    assert.deepEqual(await contentOf(server.uri, "over"), before);
  });

  for (const order of ["data-first", "code-first"] as const) {
    it(`before the swap: stopped and undone (${order})`, async () => {
      const spec = await ready(`before-${order}`, { order });
      const before = await contentOf(server.uri, spec.store.database);
      const run = new EngineRun({ do: "release", spec }, processor, {
        lease,
        boundary: async (name) => {
          if (name === (order === "data-first" ? "after close-writes" : "after ready"))
            await setClock(server, jump);
        },
      });
      if (order === "code-first") {
        await run.readyOrInPlace();
        await new EngineRun({ do: "switch", spec }, processor).ended;
      }
      await takenBack(run, spec);
      assert.equal(closed(run), true);
      assert.equal(run.last("closed").record.outcome, "rolled-back");
      assert.deepEqual(await contentOf(server.uri, spec.store.database), before);
    });
  }

  it("after the swap: it goes on to its end, and the record says by how many minutes it overran", async () => {
    const spec = await ready("overran");
    const run = new EngineRun({ do: "release", spec }, processor, { lease });
    await run.inPlace();
    await setClock(server, jump);
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    await run.ended;
    const { outcome, overranMinutes } = run.last("closed").record;
    assert.equal(outcome, "released");
    assert.equal(overranMinutes, 1);
  });

  it("the way back without Pulumi waits for no window", async () => {
    const spec = await ready("by-hand");
    await releaseAndConfirm(spec, processor);
    await setClock(server, jump);
    const back = new EngineRun({ do: "rollback", spec }, processor);
    assert.equal(await back.ended, true, back.said());
    assert.equal(back.last("status").status.schema, "1.0.0");
  });
});
