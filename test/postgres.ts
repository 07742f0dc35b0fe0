import { execFile } from "node:child_process";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { dataOf } from "../tools/postgresql/cluster";
import { PostgresServer, type StartOptions } from "../tools/postgresql/launch";
import { providePostgres } from "../tools/postgresql/programs";
import type { PostgresUser } from "../tools/postgresql/users";

export { connected, rowsOf } from "../tools/postgresql/session";

/** Seconds may pass when the server's programs have to be copied first. */
const firstStart = 120_000;

/**
 * A real PostgreSQL server for the tests of one `describe`: call it there; it starts before them and stops after them. Its data outlive
 * a kill; what a power cut would do is not tried, as its files are not synced.
 * Where there is no server to be had the tests are skipped, and say what is lacking.
 */
export class TestPostgres {
  #server: PostgresServer | undefined;
  #options: StartOptions | undefined;

  /** @param settings the server's own. Example: `{ max_prepared_transactions: "4" }`. */
  constructor(settings: Readonly<Record<string, string>> = {}) {
    const start = async (test: Mocha.Context): Promise<void> => {
      const programs = await providePostgres();
      if (programs.kind === "none") {
        console.error(`skipped: this machine lacks ${programs.lacks}`);
        test.skip();
      }
      const folder = await mkdtemp(join(await quickPlace(), "slipway-test-postgres-"));
      this.#options = { programs, folder, durable: false, settings };
      this.#server = await PostgresServer.start(this.#options);
    };
    const stop = async (): Promise<void> => {
      await this.#server?.stop();
      if (this.#options !== undefined) await rm(this.#options.folder, { recursive: true, force: true });
    };
    before("start PostgreSQL", async function () {
      this.timeout(firstStart);
      await start(this);
    });
    after("stop PostgreSQL", stop);
  }

  /** Connection string of a user (see `tools/postgresql/users.ts`). Default database: `postgres`. */
  uri(user: PostgresUser, database?: string): string {
    return this.#running.uri(user, database);
  }

  /** Kills the server's first process; {@link TestPostgres.restart} brings it back. */
  async kill(): Promise<void> {
    await this.#running.kill();
  }

  /** Kills the server where it runs, and starts it again on the same data and the same address. */
  async restart(): Promise<void> {
    await this.#running.kill();
    await this.#startAgain();
  }

  /** Keeps a copy of the server's data as they are now. @returns what brings them back, whatever has happened since. */
  async keep(): Promise<() => Promise<void>> {
    const { folder } = this.#started;
    const data = dataOf(folder);
    const kept = await mkdtemp(join(folder, "kept-"));
    await this.#running.stop();
    await copy(data, join(kept, "data"));
    await this.#startAgain();
    return async () => {
      await this.#running.abandon();
      await rm(data, { recursive: true });
      await copy(join(kept, "data"), data);
      await this.#startAgain();
    };
  }

  /** On the data that lie there, at the same address. */
  async #startAgain(): Promise<void> {
    const { port, passwords } = this.#running;
    this.#server = await PostgresServer.start({ ...this.#started, port, passwords });
  }

  get #started(): StartOptions {
    if (this.#options === undefined) throw new Error("the server was never started");
    return this.#options;
  }

  get #running(): PostgresServer {
    if (this.#server === undefined)
      throw new Error("the server runs only while the tests of its describe do");
    return this.#server;
  }
}

/** Files in memory, on Linux. */
const memory = "/dev/shm";
/** Bytes that the servers of one test file may come to. */
const needed = 4 * 2 ** 30;

/** In memory where there is enough of it: tests make and drop databases by the hundred, which costs a disk twice the processor time. */
async function quickPlace(): Promise<string> {
  const room = await statfs(memory).catch(() => undefined);
  return room !== undefined && room.bavail * room.bsize > needed ? memory : tmpdir();
}

/** Copies a folder with all that is in it, owners as well: the server's user is not always ours. */
async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", from, to]);
}
