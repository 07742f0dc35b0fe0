import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { MongoClient } from "mongodb";
import { readEmbeddedEnvironment, type EmbeddedEnvironment } from "../../../lib/config/embedded";
import { down, status, up } from "../../../tools/environment/environment";
import { packageRoot } from "../../../lib/package-root";
import { tracesOf } from "./traces";

describe("The embedded environment", function () {
  this.timeout(120_000);
  let state: string;
  let environment: EmbeddedEnvironment;

  before(async () => {
    state = await mkdtemp(join(tmpdir(), "slip-e"));
    environment = await up({ state });
  });
  after(async () => {
    await down({ state });
    await rm(state, { recursive: true });
  });

  const core = (): CoreV1Api => {
    const config = new KubeConfig();
    config.loadFromFile(environment.kubeconfig);
    return config.makeApiClient(CoreV1Api);
  };
  const pids = async (): Promise<Record<string, string>> => {
    const folder = join(state, "run", "processes");
    const found = (await readdir(folder)).map(async (name) => {
      const [pid = ""] = (await readFile(join(folder, name), "utf8")).split("\n");
      return [name, pid] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  };

  it("answers: cluster with one ready node, registry, database", async () => {
    const { items } = await core().listNode();
    assert.equal(items.length, 1);
    assert.ok(items[0]?.status?.conditions?.some((one) => one.type === "Ready" && one.status === "True"));
    assert.equal((await fetch(`http://${environment.registry}/v2/`)).status, 200);
    for (const uri of [environment.mongo.uri, environment.mongo.userUri]) {
      await withClient(uri, async (client) =>
        client.db("probe").collection("things").insertOne({ uri: "is secret" }),
      );
    }
    assert.deepEqual(readEmbeddedEnvironment(state), environment);
  });

  it("tells its secrets to its owner only", async () => {
    const files = ["environment.json", "settings.json", "kubeconfig", "tokens.csv", "pki/ca.key"];
    for (const file of files) assert.equal((await stat(join(state, file))).mode & 0o077, 0, file);
    const { tokens, mongo, passphrase } = JSON.parse(
      await readFile(join(state, "settings.json"), "utf8"),
    ) as {
      tokens: Record<string, string>;
      mongo: Record<string, string>;
      passphrase: string;
    };
    const commands = await Promise.all(
      Object.values(await pids()).map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8")),
    );
    for (const secret of [...Object.values(tokens), ...Object.values(mongo), passphrase]) {
      assert.ok(!commands.some((command) => command.includes(secret)), "a secret stands in a command line");
    }
  });

  it("lets nobody in without a login: API server, etcd, database", async () => {
    const { ports } = JSON.parse(await readFile(join(state, "settings.json"), "utf8")) as {
      ports: Record<string, number>;
    };
    const ca = await readFile(join(state, "pki", "ca.crt"));
    assert.equal(await statusOf(ports["api"] ?? 0, "/api/v1/secrets", ca), 401);
    await assert.rejects(
      statusOf(ports["etcd"] ?? 0, "/version", ca),
      /certificate required|ECONNRESET|alert/,
    );
    const open = environment.mongo.uri.replace(/\/\/[^@]*@/, "//");
    await withClient(open, async (client) => {
      await assert.rejects(client.db("probe").collection("things").insertOne({}), /[Aa]uthenticat/);
    });
  });

  it("has a user who may write while writes are closed, and one who may not", async () => {
    const insert = (uri: string): Promise<unknown> =>
      withClient(uri, (client) => client.db("probe").collection("things").insertOne({}));
    const block = (global: boolean): Promise<unknown> =>
      withClient(environment.mongo.uri, (client) =>
        client.db("admin").command({ setUserWriteBlockMode: 1, global }),
      );
    await block(true);
    try {
      await assert.rejects(insert(environment.mongo.userUri), { code: 371 });
      await insert(environment.mongo.uri);
    } finally {
      await block(false);
    }
    await insert(environment.mongo.userUri);
  });

  it("listens nowhere but on this machine's own addresses", async () => {
    const own = new Set(Object.values(await pids()));
    const inodes = new Set((await Promise.all([...own].map(socketsOf))).flat());
    const tables = await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8")));
    const { subnet } = JSON.parse(await readFile(join(state, "settings.json"), "utf8")) as { subnet: string };
    const listening = tables.flatMap(listeners).filter(({ inode }) => inodes.has(inode));
    assert.ok(listening.length >= 4);
    for (const { address } of listening) {
      assert.ok(address === "127.0.0.1" || address === `${subnet}.1`, `listens on ${address}`);
    }
  });

  it("is left as it is by a second up", async () => {
    const before = await pids();
    assert.deepEqual(await up({ state }), environment);
    assert.deepEqual(await pids(), before);
  });

  it("runs beside another one, which leaves it alone when it stops", async () => {
    const other = await mkdtemp(join(tmpdir(), "slip-e"));
    try {
      const second = await up({ state: other });
      assert.notEqual(second.registry, environment.registry);
      await down({ state: other });
      assert.deepEqual(tracesOf(other), []);
      assert.deepEqual((await status(state)).environment, environment);
    } finally {
      await down({ state: other });
      await rm(other, { recursive: true });
    }
  });

  it("is repaired by up after one of its servers was killed", async () => {
    const { etcd = "" } = await pids();
    process.kill(Number(etcd), "SIGKILL");
    while ((await status(state)).environment !== undefined) await setImmediate();
    environment = await up({ state });
    assert.notEqual((await pids())["etcd"], etcd);
    assert.deepEqual((await status(state)).environment, environment);
  });

  it("leaves no process, mount or network behind when it stops, and has its data at the next start", async () => {
    const namespace = `kept-${process.pid}`;
    await core().createNamespace({ body: { metadata: { name: namespace } } });
    await withClient(environment.mongo.uri, (client) =>
      client.db("kept").collection("things").insertOne({ n: 7 }),
    );
    await down({ state });
    assert.deepEqual(tracesOf(state), []);
    assert.ok(!existsSync(join(state, "environment.json")));
    assert.throws(() => readEmbeddedEnvironment(state), /no running environment/);

    const again = await up({ state });
    assert.deepEqual(again, environment, "the same ports, names and users as before");
    assert.equal((await core().readNamespace({ name: namespace })).metadata?.name, namespace);
    await withClient(environment.mongo.uri, async (client) => {
      assert.equal((await client.db("kept").collection("things").findOne({ n: 7 }))?.["n"], 7);
    });
  });

  it("takes another port where somebody else has taken its own meanwhile", async () => {
    await down({ state });

    const port = Number(environment.registry.split(":")[1]);
    const squatter = createServer().listen(port, "127.0.0.1");
    await once(squatter, "listening");
    try {
      const moved = await up({ state });
      assert.notEqual(moved.registry, environment.registry);
      assert.equal((await fetch(`http://${moved.registry}/v2/`)).status, 200);
      environment = moved;
    } finally {
      squatter.close();
    }
  });

  describe("whose start is cut short", () => {
    let cut: string;
    beforeEach(async () => (cut = await mkdtemp(join(tmpdir(), "slip-c"))));
    afterEach(async () => {
      await down({ state: cut });
      await rm(cut, { recursive: true });
    });

    it("leaves nothing after Ctrl-C", async () => {
      const starter = start(cut);
      await recorded(cut, "kube-apiserver");
      starter.kill("SIGINT");
      assert.notEqual((await once(starter, "exit"))[0], 0);
      assert.deepEqual(tracesOf(cut), []);
    });

    it("is cleaned up by down after the starter was killed", async () => {
      const starter = start(cut);
      await recorded(cut, "kube-apiserver");
      starter.kill("SIGKILL");
      await once(starter, "exit");
      assert.notDeepEqual(tracesOf(cut), []);
      await down({ state: cut });
      assert.deepEqual(tracesOf(cut), []);
    });

    it("comes up after the starter was killed", async () => {
      const starter = start(cut);
      await recorded(cut, "etcd");
      starter.kill("SIGKILL");
      await once(starter, "exit");
      await up({ state: cut });
      assert.notEqual((await status(cut)).environment, undefined);
    });

    it("names the server and its log when one does not start, and leaves nothing", async () => {
      // A file where the registry wants its folder.
      await writeFile(join(cut, "registry"), "in the way");
      await writeFile(join(cut, "etcd"), "in the way");
      await assert.rejects(up({ state: cut }), /server (etcd|kube-apiserver|registry).*logs\/\w+/s);
      assert.deepEqual(tracesOf(cut), []);
    });
  });
});

/** Starts the environment in a process of its own. */
function start(state: string): ChildProcess {
  const main = join(packageRoot(), "tools", "environment", "main.ts");
  return spawn(process.execPath, ["-r", "ts-node/register/transpile-only", main, "up"], {
    cwd: packageRoot(),
    env: { ...process.env, SLIPWAY_STATE: state },
    stdio: "ignore",
  });
}

async function recorded(state: string, server: string): Promise<void> {
  while (!existsSync(join(state, "run", "processes", server))) await setImmediate();
}

async function withClient<T>(uri: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5000 });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

async function statusOf(port: number, path: string, ca: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, ca, agent: false }, (response) => {
      response.resume();
      response.on("error", reject);
      response.on("end", () => {
        resolve(response.statusCode ?? 0);
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}

async function socketsOf(pid: string): Promise<string[]> {
  const files = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => "")));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** The listening rows of a table of the kernel's; IPv6 addresses that stand for IPv4 ones are told as those. */
function listeners(table: string): { address: string; inode: string }[] {
  return table
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A")
    .map((fields) => {
      const [hex = ""] = (fields[1] ?? "").split(":");
      const words = hex.match(/.{8}/g) ?? [];
      const mapped = words.length === 1 || words.slice(0, 3).join("") === "0000000000000000FFFF0000";
      const last = [...Buffer.from(words.at(-1) ?? "", "hex")].reverse().join(".");
      return { address: mapped ? last : hex, inode: fields[9] ?? "" };
    });
}
