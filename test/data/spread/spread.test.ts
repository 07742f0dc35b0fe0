import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { processor } from "../../../lib/data/conductor/processor";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { blockInserter } from "../../../lib/data/store/raw-insert";
import { packageRoot } from "../../../lib/package-root";
import { GeneratedSet } from "../../../tools/dataset/generate";
import { contentOf, EngineRun, type EngineRun as Run, specFor } from "../engine-run";
import { firstStart, startServer, type TestServer, withClient } from "../server";
import { catalogueMigrations, goneThings, spread } from "./catalogue";
import { adopted, inOneProcess, released } from "./catalogue-run";
import { WorkersHere } from "./workers-here";

describe("A spread pass", function () {
  this.timeout(60_000);
  let server: TestServer;
  let migrations: string;
  let local: Run;
  let localContent: Readonly<Record<string, string>>;

  before(async function () {
    this.timeout(firstStart);
    server = await startServer();
    migrations = catalogueMigrations();
    ({ run: local, content: localContent } = await inOneProcess(server, migrations));
  });
  after(() => server.stop());

  for (const workers of [1, 4]) {
    it(`makes the same of the data with ${workers} workers as one process does, and the same record`, async () => {
      const name = `spread_over_${workers}`;
      const next = { ...(await adopted(server, migrations, name)), execution: spread({ workers }) };
      const here = new WorkersHere();
      const run = await released(next, { workers: here });
      assert.deepEqual(await contentOf(server.uri, name), localContent);
      assert.deepEqual(run.last("closed").record.collections, local.last("closed").record.collections);
      assert.deepEqual(warningsOf(run), warningsOf(local));
      assert.match(warningsOf(run).join(), new RegExp(`${goneThings} references lead nowhere`));
      // Four would have too little to read each: while writes are closed they would begin later than the coordinator ends.
      assert.deepEqual(here.stages, [...stagesOf(workers), ...(workers === 1 ? ["compare: 1"] : [])]);
      assert.deepEqual(partsLeft(next), []);
    });
  }

  it("a collection that the server can't seek in is dumped first, and then cut", async () => {
    const next = {
      ...(await adopted(server, migrations, "not_seekable")),
      execution: spread({ workers: 2 }),
    };
    await withClient(server.writerUri, (client) =>
      client
        .db("not_seekable")
        .collection("parts")
        .insertOne({ _id: 7 as never, text: "of another kind" }),
    );
    const here = new WorkersHere();
    await released(next, { workers: here });
    assert.deepEqual(here.stages, ["dump: 1", ...stagesOf(2)]);
  });

  it("N13: lists every document that the migration breaks, whoever found it, and closes no writes", async () => {
    const breaks = catalogueMigrations(
      `{ collections: { things: (one) => (one["size"] % 100 === 7 ? { ...one, size: 1e6 } : one) } }`,
    );
    const next = {
      ...(await adopted(server, migrations, "breaks")),
      migrations: breaks,
      execution: spread({ workers: 3 }),
    };
    const run = new EngineRun({ do: "release", spec: next }, processor, { workers: new WorkersHere() });
    assert.equal(await run.ended, false);
    assert.equal(run.last("failed").problems.length, 12);
    assert.equal(
      run.events.some((event) => event.event === "stage" && event.stage === "close-writes"),
      false,
    );
    const lines = readFileSync(join(next.dump.keep, run.last("closed").record.id, "invalid.ndjson"), "utf8");
    assert.equal(lines.trimEnd().split("\n").length, 12);
  });

  it("what users wrote since the rehearsal is done again by workers too", async () => {
    const next = { ...(await adopted(server, migrations, "users_write")), execution: spread() };
    const here = new WorkersHere();
    const run = await released(next, {
      workers: here,
      boundary: async (name) => {
        if (name !== "before close-writes") return;
        await withClient(server.writerUri, (client) =>
          client
            .db("users_write")
            .collection<{ _id: number }>("things")
            .updateOne({ _id: 7 }, { $set: { size: 99 } }),
        );
      },
    });
    assert.deepEqual(here.stages, [...stagesOf(2), ...stagesOf(2)]);
    assert.equal(run.last("closed").record.outcome, "released");
    await withClient(server.uri, async (client) => {
      const [seven] = await client.db("users_write").collection("things").find({ id: "t:thing-7" }).toArray();
      assert.deepEqual([seven?.["size"], seven?.["grown"]], [99, 198]);
    });
  });

  it("what a Python migrator looks into goes to one worker, and the others judge the rest: NMDC's release is a local one's", async () => {
    const set = new GeneratedSet(1500);
    const insert = blockInserter();
    const found: Record<string, readonly unknown[]> = {};
    for (const [database, execution] of [
      ["nmdc_local", undefined],
      ["nmdc_spread", spread({ workers: 3 })],
    ] as const) {
      await withClient(server.uri, async (client) => {
        for (const collection of await set.collections())
          for await (const block of set.read(collection))
            await insert(client.db(database), collection, block);
      });
      const nmdc = {
        schema: { package: "nmdc-schema", version: "11.23.0" },
        migrations: join(packageRoot(), "migrations"),
      };
      const first = specFor(server, database, nmdc);
      await released(first, {});
      const schema = { package: "nmdc-schema", version: "11.24.0" };
      const next = { ...first, release: "v2.0.0", hash: "sha256:2", schema, ...(execution && { execution }) };
      const run = await released(next, { workers: new WorkersHere() });
      const { collections } = run.last("closed").record;
      found[database] = [collections, await contentOf(server.uri, database), warningsOf(run)];
    }
    assert.deepEqual(found["nmdc_spread"], found["nmdc_local"]);
    assert.match(JSON.stringify(found["nmdc_local"]), /"changed":[1-9]/);
  });
});

/** What is spread of a pass that changes something. */
function stagesOf(workers: number): readonly string[] {
  return ["dump-migrate", "load", "read-back"].map((stage) => `${stage}: ${workers}`);
}

function warningsOf(run: Run): readonly string[] {
  return run.events.flatMap((event) => (event.event === "warning" ? [event.says] : []));
}

/** What only workers need, as far as it is still there. */
function partsLeft({ dump }: ReleaseSpec): readonly string[] {
  return readdirSync(dump.keep, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.includes("spread-"),
  );
}
