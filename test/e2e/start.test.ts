import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { down, up } from "../../tools/environment/environment";
import { packageRoot } from "../../lib/package-root";
import { tracesOf } from "../tools/environment/traces";
import { gitStatus } from "./untouched";

describe("npm start", function () {
  this.timeout(600_000);
  let state: string;

  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), "slip-s"));
  });
  afterEach("nothing that it started is left", async () => {
    await down({ state });
    await rm(state, { recursive: true });
  });

  /** Starts it as a terminal does, in a process group of its own; `heard` is called with all that was printed so far. */
  const start = async (
    args: readonly string[],
    heard: (output: string, group: number) => void = () => undefined,
  ): Promise<{ readonly code: number | null; readonly signal: string | null; readonly output: string }> => {
    const env = { ...process.env, SLIPWAY_STATE: state };
    const command = ["start", "--", "--played", ...args];
    const child = spawn("npm", command, {
      cwd: packageRoot(),
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
        heard(output, child.pid ?? 0);
      });
    }
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    return { code, signal, output };
  };

  it("runs the main job from set-up to record, and leaves no process, mount or file", async () => {
    const checkout = gitStatus();
    const { code, output } = await start([]);
    assert.equal(code, 0, output);
    assert.match(output, /a played node \(kwok: no containers run/);
    assert.match(output, /^── 6\/6 /m);
    assert.match(output, /Record dev-v2\.19\.0-\d+: nmdc-runtime v2\.19\.0 on dev, released/);
    assert.match(output, /12 changed of 237 documents/);
    assert.deepEqual(tracesOf(state), []);
    assert.equal(gitStatus(), checkout);
  });

  it("N16: after Ctrl-C in the middle of a release takes it back, leaves no process, and says that it was stopped", async () => {
    let interrupted = false;
    const { code, signal, output } = await start([], (said, group) => {
      if (interrupted || !said.includes("data: close-writes")) return;
      interrupted = true;
      process.kill(-group, "SIGINT");
    });
    assert.ok(interrupted, output);
    assert.notEqual(code ?? signal, 0, output);
    assert.match(output, /SIGINT: stopping; what is under way is taken back/);
    assert.match(output, /^stopped by SIGINT$/m);
    assert.doesNotMatch(output, /^── 6\/6 /m);
    assert.deepEqual(tracesOf(state), []);
    assert.deepEqual(await lastRecord(state), {
      release: "v2.19.0",
      outcome: "rolled-back",
      schema: "11.23.0",
    });
  });

  it("after Ctrl-C at other moments leaves no process", async () => {
    for (const heading of ["Slipway: one NMDC release", "── 2/6", "── 4/6"]) {
      let interrupted = false;
      const { code, signal, output } = await start([], (said, group) => {
        if (interrupted || !said.includes(heading)) return;
        interrupted = true;
        process.kill(-group, "SIGINT");
      });
      assert.ok(interrupted, output);
      assert.notEqual(code ?? signal, 0, output);
      assert.match(output, /^stopped by SIGINT$/m, output);
      assert.deepEqual(tracesOf(state), [], heading);
    }
  });

  it("with --keep leaves the environment running and says how to look, what is played and what to try, with no secret in clear", async () => {
    const { code, output } = await start(["--keep"]);
    assert.equal(code, 0, output);
    assert.match(output, /Played here, as this node runs no containers/);
    assert.match(output, /npm run environment -- down/);
    assert.match(output, /cp Pulumi\.dev\.yaml\.v2\.18\.0 Pulumi\.dev\.yaml/);
    const settings = JSON.parse(await readFile(join(state, "settings.json"), "utf8")) as {
      passphrase: string;
      mongo: Record<string, string>;
    };
    for (const secret of [settings.passphrase, ...Object.values(settings.mongo)])
      assert.ok(!output.includes(secret));
    assert.notDeepEqual(tracesOf(state), []);
    await down({ state });
    assert.deepEqual(tracesOf(state), []);
  });

  it("killed in the middle of a release: the next one stops what is left, and runs from its beginning", async () => {
    let killed = false;
    await start([], (said, group) => {
      if (killed || !said.includes("data: close-writes")) return;
      killed = true;
      process.kill(-group, "SIGKILL");
    });
    assert.ok(killed);
    const { code, output } = await start([]);
    assert.equal(code, 0, output);
    assert.match(output, /v2\.19\.0 on dev, released/);
    await down({ state });
    while (tracesOf(state).length > 0) await sleep(100);
  });
});

/** What the journal says of the last release, and the schema that the data has; the servers are started for it. */
async function lastRecord(
  state: string,
): Promise<{ readonly release?: string; readonly outcome?: string; readonly schema?: string }> {
  const { mongo } = await up({ state, node: "played" });
  const client = await MongoClient.connect(mongo.uri);
  try {
    const db = client.db("nmdc_dev");
    const [closed] = await db
      .collection("_slipway_journal")
      .find({ kind: "closed" })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    const schema = await db
      .collection<{ _id: string; version: string }>("_slipway_state")
      .findOne({ _id: "schema" });
    const { release, outcome } = (closed?.["detail"] ?? {}) as { release?: string; outcome?: string };
    return {
      ...(release && { release }),
      ...(outcome && { outcome }),
      ...(schema && { schema: schema.version }),
    };
  } finally {
    await client.close();
    await down({ state });
  }
}
