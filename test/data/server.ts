import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { StandIn, type StartOptions } from "../../tools/stand-in/launch";
import { provideStandIn } from "../../tools/stand-in/recipe";

/** A MongoDB server for one test file. */
export interface TestServer {
  /** `mongod` where SLIPWAY_TEST_MONGO_URI names one. */
  readonly kind: "mongod" | "stand-in";
  /** The release's own user. */
  readonly uri: string;
  /** An ordinary writer. */
  readonly writerUri: string;
  /** A user who may only read, and nothing of ours. */
  readonly readerUri: string;
  /** SIGKILL; starts again on the same data and the same address. Only the stand-in can. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Seconds may pass when the stand-in has to be built first. */
export const firstStart = 180_000;

/**
 * Starts a server whose data outlives a kill, or takes the one that SLIPWAY_TEST_MONGO_URI names.
 * @param host the address of this machine that it listens on.
 */
export async function startServer(
  options: Pick<StartOptions, "testCommands" | "further"> = {},
  host = "127.0.0.1",
): Promise<TestServer> {
  const named = process.env["SLIPWAY_TEST_MONGO_URI"];
  if (named !== undefined) {
    const writer = process.env["SLIPWAY_TEST_MONGO_WRITER_URI"] ?? named;
    const nothing = (): Promise<void> => Promise.resolve();
    return {
      kind: "mongod",
      uri: named,
      writerUri: writer,
      readerUri: writer,
      restart: nothing,
      stop: nothing,
    };
  }
  const folder = await provideStandIn({});
  const data = await mkdtemp(join(tmpdir(), "slipway-test-db-"));
  let server = await StandIn.start({ folder, data, listen: [`${host}:0`], ...options });
  const { port, passwords } = server;
  return {
    kind: "stand-in",
    uri: server.uri("slipway"),
    writerUri: server.uri("runtime"),
    readerUri: server.uri("reader"),
    async restart() {
      await server.kill();
      server = await StandIn.start({ folder, data, passwords, listen: [`${host}:${port}`], ...options });
    },
    async stop() {
      await server.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** The server of all tests of one `describe`: call it there; it starts before them and stops after them. */
export function serverOfSuite(options: Parameters<typeof startServer>[0] = {}): TestServer {
  let started: TestServer | undefined;
  const running = (): TestServer => {
    if (started === undefined) throw new Error("the server runs while tests do");
    return started;
  };
  before("start MongoDB", async function () {
    this.timeout(firstStart);
    started = await startServer(options);
  });
  after("stop MongoDB", () => started?.stop());
  return {
    get kind() {
      return running().kind;
    },
    get uri() {
      return running().uri;
    },
    get writerUri() {
      return running().writerUri;
    },
    get readerUri() {
      return running().readerUri;
    },
    restart: () => running().restart(),
    stop: () => running().stop(),
  };
}

/** Puts the stand-in's clock ahead, or back where it is negative; `testCommands` are needed. */
export async function setClock(server: TestServer, aheadSeconds: number): Promise<void> {
  await withClient(server.uri, (client) =>
    client.db("admin").command({ configureFailPoint: "clock", mode: "alwaysOn", data: { aheadSeconds } }),
  );
}

/** Runs with a client of the release's own user. */
export async function withClient<Result>(
  uri: string,
  run: (client: MongoClient) => Promise<Result>,
): Promise<Result> {
  const client = await MongoClient.connect(uri, { retryWrites: false });
  try {
    return await run(client);
  } finally {
    await client.close();
  }
}
