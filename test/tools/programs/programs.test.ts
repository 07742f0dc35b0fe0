import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Db } from "mongodb";
import { maintenanceTable } from "../../../tools/examples/atmosphere-data";
import { providePrograms } from "../../../tools/programs/recipe";
import type { StandIn } from "../../../tools/stand-in/launch";
import { buildTime, Servers } from "../stand-in/servers";
import { rowsOf, TestPostgres } from "../../postgres";
import { RunningProgram } from "./program";

describe("the programs of the embedded system", () => {
  const servers = new Servers();
  const programs: RunningProgram[] = [];
  let server: StandIn;
  let db: Db;

  before(async function () {
    this.timeout(buildTime);
    server = await servers.start({ testCommands: true });
    db = (await servers.connect(server, "slipway")).db();
  });
  after(async () => {
    for (const program of programs) await program.end();
    await servers.end();
  });

  const start = async (
    program: "api" | "daemon" | "writer",
    env: Record<string, string>,
  ): Promise<RunningProgram> => {
    const running = await RunningProgram.start(program, { MONGO_URI: server.uri("runtime", "nmdc"), ...env });
    programs.push(running);
    return running;
  };

  describe("the API", () => {
    it("N5: tells its version, and the schema that it finds in the database", async () => {
      const api = await start("api", { RELEASE_VERSION: "v2.19.0", SCHEMA_VERSION: "11.24.0" });
      const before = await api.get("/version");
      assert.deepEqual(before.body, {
        version: "v2.19.0",
        schema: null,
        codeSchema: "11.24.0",
        database: "reachable",
      });
      await db
        .collection<{ _id: string; version: string }>("_slipway_state")
        .insertOne({ _id: "schema", version: "11.23.0" });
      assert.equal(((await api.get("/version")).body as { schema: string }).schema, "11.23.0");
      assert.equal((await api.get("/health")).status, 200);
    });

    it("can be told to lie, and to be never ready", async () => {
      const api = await start("api", {
        RELEASE_VERSION: "v2",
        LIE_VERSION: "v1",
        LIE_SCHEMA: "0",
        NEVER_READY: "1",
      });
      const { version, schema } = (await api.get("/version")).body as { version: string; schema: string };
      assert.deepEqual([version, schema], ["v1", "0"]);
      assert.equal((await api.get("/health")).status, 503);
    });

    it("is not ready without its database, and shows no password", async () => {
      const api = await start("api", { MONGO_URI: "mongodb://me:hunter2@127.0.0.1:1/nmdc" });
      assert.equal((await api.get("/health")).status, 503);
      const { status, body } = await api.get("/version");
      assert.equal(status, 503);
      assert.doesNotMatch(JSON.stringify(body), /hunter2/);
      await assert.rejects(start("api", { MONGO_URI: "mongodb://me:hunter2@" }), (error: Error) => {
        assert.match(error.message, /MONGO_URI is no connection string/);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      });
    });
  });

  describe("the API on PostgreSQL", function () {
    this.timeout(60_000);
    const postgres = new TestPostgres();
    const version = { RELEASE_VERSION: "2026.08.1", STACK_VERSION: "2026.08.3" };

    it("tells the schema that a query finds, and is not ready without its database", async () => {
      const uri = `${postgres.uri("runtime")}?sslmode=disable`;
      const found = { DATABASE_URL: uri, SCHEMA_QUERY: "SELECT '0060_tag'", ...version };
      const api = await start("api", found);
      const { body } = await api.get("/version");
      assert.deepEqual(body, {
        version: "2026.08.1",
        stack: "2026.08.3",
        schema: "0060_tag",
        database: "reachable",
      });
      assert.equal((await api.get("/health")).status, 200);
      const lost = await start("api", { DATABASE_URL: uri.replace(/:\d+\//, ":1/"), ...version });
      assert.equal((await lost.get("/health")).status, 503);
    });

    it("A18: a maintained service starts, shows and ends its records; without a title all of them", async () => {
      const uri = postgres.uri("postgres");
      await rowsOf(uri, maintenanceTable);
      const program = join(await providePrograms(), "maintained");
      const env = { DATABASE_URL: `${uri}?sslmode=disable` };
      const maintenance = (...args: string[]): string =>
        execFileSync(program, ["maintenance", ...args], { env, encoding: "utf8" });
      const shown = (): readonly string[] =>
        (JSON.parse(maintenance("show")) as { title: string }[]).map(({ title }) => title);
      for (const title of ["ours", "theirs", "later"]) {
        const at = title === "later" ? ["--start-date", "2999-01-01T00:00:00Z"] : [];
        maintenance("start", "--title", title, "--message", "away", ...at);
      }
      assert.deepEqual(shown(), ["ours", "theirs"]);
      maintenance("stop", "--title", "ours");
      assert.deepEqual(shown(), ["theirs"]);
      assert.match(maintenance("stop"), /stop maintenance "theirs"/);
      assert.match(maintenance("stop"), /no active records/);
    });
  });

  describe("the daemon", () => {
    it("stays up and answers", async () => {
      const daemon = await start("daemon", { RELEASE_VERSION: "v2.19.0" });
      assert.equal(((await daemon.get("/")).body as { version: string }).version, "v2.19.0");
    });
  });

  describe("the writer", () => {
    const plan = JSON.stringify({
      perSecond: 200,
      collections: [
        {
          name: "written_set",
          update: "description",
          document: { id: "nmdc:sty-00-{n}", type: "nmdc:Study", description: "revision {r}" },
        },
      ],
    });
    type Counts = Record<
      "insert" | "update",
      { acknowledged: number; refused: Record<string, number>; unknown: number }
    >;

    it("counts what was acknowledged, refused and unknown apart, and what it says was written is there", async () => {
      const writer = await start("writer", { WRITER_PLAN: plan });
      const counts = async (): Promise<Counts> => (await writer.get("/counts")).body as Counts;
      await until(async () => (await counts()).update.acknowledged > 5);
      await db.admin().command({ setUserWriteBlockMode: 1, global: true });
      await until(async () => ((await counts()).insert.refused["371"] ?? 0) > 5);
      await db.admin().command({ setUserWriteBlockMode: 1, global: false });
      const data = { failCommands: ["insert", "update"], closeConnection: true, afterwards: true };
      await db.admin().command({ configureFailPoint: "failCommand", mode: { times: 3 }, data });
      await until(async () => {
        const { insert, update } = await counts();
        return insert.unknown + update.unknown === 3;
      });
      const ended = await writer.get("/counts");
      const open = ended.body as Counts;
      await until(async () => (await counts()).insert.acknowledged > open.insert.acknowledged);

      const documents = (await writer.get("/documents")).body as {
        number: number;
        revision: number;
        uncertain?: number[];
      }[];
      const last = JSON.parse((await writer.end()) ?? "") as Counts;
      assert.ok(last.insert.acknowledged >= documents.length);
      const found = await db.collection("written_set").find().toArray();
      assert.ok(found.length <= last.insert.acknowledged + last.insert.unknown);
      const revisions = new Map(found.map(({ id, description }) => [id as string, description as string]));
      for (const { number } of documents) assert.ok(revisions.has(`nmdc:sty-00-${number}`), String(number));
      assert.deepEqual(Object.keys(found[0] ?? {}), ["_id", "id", "type", "description"]);
      assert.deepEqual(Object.keys(last.insert.refused), ["371"]);
    });

    it("says which revision of every document was acknowledged", async () => {
      const writer = await start("writer", { WRITER_PLAN: plan.replace("written_set", "revised_set") });
      await until(async () => ((await writer.get("/counts")).body as Counts).update.acknowledged > 20);
      await db.admin().command({ setUserWriteBlockMode: 1, global: true });
      try {
        // It writes one after the other: once a write is refused, all that was accepted is in its account.
        await until(async () => "371" in ((await writer.get("/counts")).body as Counts).insert.refused);
        const documents = (await writer.get("/documents")).body as { number: number; revision: number }[];
        for (const { number, revision } of documents) {
          const found = await db.collection("revised_set").findOne({ id: `nmdc:sty-00-${number}` });
          assert.equal(found?.["description"], `revision ${revision}`);
        }
        const attempts = (await writer.get("/attempts")).body as {
          outcome: string;
          sent: string;
          answered: string;
        }[];
        assert.ok(attempts.every(({ sent, answered }) => Date.parse(sent) <= Date.parse(answered)));
      } finally {
        await db.admin().command({ setUserWriteBlockMode: 1, global: false });
      }
    });
  });
});

/** Asks again until it is so; mocha's time limit ends what never is. */
async function until(so: () => Promise<boolean>): Promise<void> {
  while (!(await so())) await new Promise((resolve) => setImmediate(resolve));
}
