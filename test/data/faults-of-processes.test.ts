import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../scratch";
import {
  contentOf,
  EngineRun,
  type MongoRelease,
  releaseAndConfirm,
  releasedOnce,
  specFor,
} from "./engine-run";
import { oldWholeThenMended } from "./fault-laboratory";
import { ChildEngine, compiledEntry } from "./kill/child-engine";
import { processor } from "./plain-data";
import { serverOfSuite, withClient } from "./server";

/** Whoever starts, reads, previews or confirms a release fails. */
describe("Faults of users and processes", () => {
  const server = serverOfSuite({ testCommands: true });
  let entry: string;
  before(() => {
    entry = compiledEntry();
  });

  const ready = (database: string): Promise<MongoRelease> => releasedOnce(server, database);

  it("36: a wrong password stops the release at once, and stands nowhere", async () => {
    const password = "not-the-password-4711";
    const uri = server.uri.replace(/:[^:@/]+@/, `:${password}@`);
    const spec = specFor(server, "wrong");
    const run = new EngineRun(
      { do: "release", spec: { ...spec, store: { ...spec.store, uri: { kind: "value", value: uri } } } },
      processor,
    );
    assert.equal(await run.ended, false);
    assert.match(run.said(), /data\.store\.uri: found /);
    assert.equal(JSON.stringify(run.events).includes(password), false);
  });

  it("36: no secret is in what a whole release says or leaves behind", async () => {
    const spec = await ready("secrets");
    const run = await releaseAndConfirm(spec, processor);
    const { record } = run.last("closed");
    const folder = join(spec.dump.keep, record.id);
    const left = ["proof.json", "journal.ndjson", "manifest.json"].map((file) =>
      readFileSync(join(folder, file), "utf8"),
    );
    for (const uri of [server.uri, server.writerUri]) {
      const secret = /:([^:@/]+)@/.exec(uri)?.[1] ?? "";
      assert.ok(secret.length > 0);
      assert.equal(`${JSON.stringify(run.events)}${left.join("")}`.includes(secret), false);
    }
  });

  it("37, X2: the plan writes nothing, and a user who may only read is enough", async () => {
    const spec = await ready("preview");
    const everything = (): Promise<readonly unknown[]> =>
      withClient(server.uri, async (client) => {
        const db = client.db("preview");
        const names = (await db.listCollections().toArray()).map(({ name }) => name).sort();
        return Promise.all(
          names.map(async (name) => ({ name, all: await db.collection(name).find().toArray() })),
        );
      });
    const before = JSON.stringify(await everything());
    const reading = {
      ...spec,
      store: { ...spec.store, uri: { kind: "value", value: server.readerUri } as const },
    };
    const run = new EngineRun({ do: "plan", spec: reading }, processor);
    assert.equal(await run.ended, true, run.said());
    const { plan } = run.last("plan");
    assert.equal(plan.collections.find(({ collection }) => collection === "studies")?.changed, 3);
    assert.equal(JSON.stringify(await everything()), before);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`38: ${signal} takes the release back, and a second one changes nothing about that`, async () => {
      const database = `signal-${signal.toLowerCase()}`;
      const spec = await ready(database);
      const before = await contentOf(server.uri, database);
      const child = new ChildEngine(entry, { do: "release", spec });
      assert.equal(await child.heard("in-place"), true);
      child.signal(signal);
      child.signal(signal);
      assert.match(await child.ended, /^1/);
      await oldWholeThenMended(server, spec, before);
    });
  }

  it("39: a reader that went away doesn't hold up the release", async () => {
    const spec = await ready("pipe");
    const child = new ChildEngine(entry, { do: "release", spec });
    assert.equal(await child.heard("in-place"), true);
    child.closeOutput();
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.match(await child.ended, /^0/);
  });

  it("N16: a runner that is killed while its pipe stays open is noticed; the release is taken back", async () => {
    const spec = await ready("orphaned-runner");
    const before = await contentOf(server.uri, "orphaned-runner");
    // The engine reads from a named pipe that we hold open all the time: its end can't be the sign.
    const pipe = join(scratch("fault"), "requests");
    execFileSync("mkfifo", [pipe]);
    const held = openSync(pipe, "r+");
    const options = '{ stdio: "inherit", detached: true }';
    const code = `require("node:child_process").spawn(process.execPath, [${JSON.stringify(entry)}], ${options})`;
    const runner = spawn(process.execPath, ["-e", code], { stdio: [held, "pipe", "inherit"] });
    const said = new Promise<string>((resolve) => {
      let text = "";
      runner.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (text.includes('"in-place"')) runner.kill("SIGKILL");
      });
      // The engine has its runner's standard output: it ends when both are gone, and the lock with them.
      runner.stdout?.on("end", () => {
        resolve(text);
      });
    });
    writeSync(held, `${JSON.stringify({ do: "release", spec })}\n`);
    assert.match(await said, /the process that started the release is gone/);
    closeSync(held);
    await oldWholeThenMended(server, spec, before);
  });

  it("N16: a confirmation that doesn't come in time takes the release back", async () => {
    const spec = await ready("deadline");
    const before = await contentOf(server.uri, "deadline");
    assert.match(await endsWith({ ...spec, confirmWithin: 0 }), /not confirmed within 0 s/);
    await oldWholeThenMended(server, spec, before);
  });

  async function endsWith(spec: MongoRelease): Promise<string> {
    const run = new EngineRun({ do: "release", spec }, processor);
    assert.equal(await run.ended, false);
    return run.last("closed").record.reason ?? "";
  }
});
