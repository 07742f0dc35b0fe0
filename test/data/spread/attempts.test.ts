import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { processor } from "../../../lib/data/conductor/processor";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { Refusal } from "../../../lib/problem";
import { besideNames, contentOf, EngineRun } from "../engine-run";
import { firstStart, startServer, type TestServer, withClient } from "../server";
import { catalogueMigrations, spread, thingsInAll } from "./catalogue";
import { adopted, inOneProcess, released } from "./catalogue-run";
import { WorkersHere } from "./workers-here";

describe("Attempts of workers", function () {
  this.timeout(60_000);
  let server: TestServer;
  let migrations: string;
  let localContent: Readonly<Record<string, string>>;

  before(async function () {
    this.timeout(firstStart);
    server = await startServer();
    migrations = catalogueMigrations();
    ({ content: localContent } = await inOneProcess(server, migrations));
  });
  after(() => server.stop());

  it("counts a share once that was done twice, and one that died after it had written", async () => {
    const next = { ...(await adopted(server, migrations, "done_twice")), execution: spread({ workers: 3 }) };
    const twice = new WorkersHere(async (run, { name }, index) => {
      const unit = name.startsWith("load") ? "l" : name.startsWith("dump") ? "dump-migrate-" : undefined;
      if (unit !== undefined && index === 0) {
        // It wrote all, and died before it could say so.
        await run();
        await forgetDone(next, unit);
      }
      await run();
      await run();
    });
    await released(next, { workers: twice });
    assert.deepEqual(await contentOf(server.uri, "done_twice"), localContent);
  });

  it("a worker that can't reach the server is worth another attempt: it refuses nothing", async () => {
    const next = { ...(await adopted(server, migrations, "not_reached")), execution: spread() };
    let isTried = false;
    const once = new WorkersHere(async (run) => {
      const nowhere = { uri: server.uri.replace(/:\d+\//, ":1/") };
      if (!isTried)
        await assert.rejects(
          run(nowhere),
          (error) => !(error instanceof Refusal) && /ECONNREFUSED/.test(String(error)),
        );
      isTried = true;
      await run();
    });
    await released(next, { workers: once });
    assert.deepEqual(await contentOf(server.uri, "not_reached"), localContent);
  });

  it("what one attempt dumped and judged stands together, whatever users wrote before another one", async () => {
    const next = { ...(await adopted(server, migrations, "read_twice")), execution: spread({ workers: 3 }) };
    const sizes = async (size: number): Promise<void> => {
      await withClient(server.writerUri, (client) =>
        client.db("read_twice").collection("things").updateMany({}, { $set: { size } }),
      );
    };
    const twice = new WorkersHere(async (run, _, index) => {
      await run();
      if (index > 0 || twice.stages.length > 1) return;
      const first = doneFiles(next, "dump-migrate-").map((file) => [file, readFileSync(file)] as const);
      await forgetDone(next, "dump-migrate-");
      await sizes(21);
      await run();
      // One that was slow writes its result over that of the other.
      for (const [file, result] of first) writeFileSync(file, result);
      await sizes(22);
    });
    await released(next, { workers: twice });
    await withClient(server.uri, async (client) => {
      const grown = await client.db("read_twice").collection("things").distinct("grown");
      assert.deepEqual(grown, []);
      const all = await client.db("read_twice").collection("things").countDocuments({ size: 22 });
      assert.equal(all, thingsInAll);
    });
  });

  it("a worker whose release went on without it stops before it writes", async () => {
    const next = { ...(await adopted(server, migrations, "another_token")), execution: spread() };
    const late = new WorkersHere(async (run, { name }) => {
      if (name.startsWith("load"))
        await withClient(server.uri, (client) =>
          client
            .db("another_token")
            .collection<{ _id: string }>("_slipway_state")
            .updateOne({ _id: "lock" }, { $inc: { token: 1 } }),
        );
      await run();
    });
    const run = new EngineRun({ do: "release", spec: next }, processor, { workers: late });
    assert.equal(await run.ended, false);
    assert.match(run.said(), /the lock with token 2 is no longer ours/);
    await withClient(server.uri, async (client) => {
      for (const name of await besideNames(server.uri, "another_token"))
        assert.equal(await client.db("another_token").collection(name).countDocuments(), 0, name);
    });
  });
});

/** As if no unit whose id begins so had been done. */
async function forgetDone(spec: ReleaseSpec, prefix: string): Promise<void> {
  for (const file of doneFiles(spec, prefix)) await rm(file);
}

/** Results of units whose ids begin so. */
function doneFiles({ dump }: ReleaseSpec, prefix: string): readonly string[] {
  const done = readdirSync(dump.keep, { recursive: true, encoding: "utf8" }).filter((path) =>
    new RegExp(`/done/${prefix}\\d+\\.json$`).test(path),
  );
  assert.ok(done.length > 0);
  return done.map((path) => join(dump.keep, path));
}
