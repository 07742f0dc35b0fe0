import { execFile } from "node:child_process";
import { appendFile, chmod, mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../../../tools/environment/ports";
import { dataOf } from "../../../tools/postgresql/cluster";
import { PostgresServer } from "../../../tools/postgresql/launch";
import { providePostgres } from "../../../tools/postgresql/programs";
import { asUser, serverUser } from "../../../tools/postgresql/unprivileged";
import type { PostgresUser } from "../../../tools/postgresql/users";
import { findOnPath } from "../../../tools/toolchain/on-machine";
import { rowsOf } from "../../postgres";

/**
 * A server and its standby at one address, as a virtual address or a connection pool gives them. The server tells nobody that something is
 * committed before the standby has it on its disk. Call it in a `describe`; it is there from before its tests until after them.
 */
export class ReplicatedPostgres {
  readonly #folders: string[] = [];
  readonly #servers: PostgresServer[] = [];
  readonly #sockets = new Set<Socket>();
  #address: Server | undefined;

  constructor() {
    const start = (test: Mocha.Context): Promise<void> => this.#start(test);
    before("start PostgreSQL", async function () {
      await start(this);
    });
    after("stop PostgreSQL", async () => {
      for (const socket of this.#sockets) socket.destroy();
      this.#address?.close();
      for (const server of this.#servers) await server.stop();
      for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
    });
  }

  /** Connection string of a user, whichever server it leads to now. */
  uri(user: PostgresUser, database = "postgres"): string {
    const uri = new URL(this.#leading.uri(user, database));
    uri.port = String((this.#address?.address() as AddressInfo).port);
    return uri.href;
  }

  /** Makes a standby of the server that leads; it is up to date, and is waited for from now on. */
  async addStandby(): Promise<void> {
    const leading = this.#leading;
    const folder = await this.#folder();
    await rowsOf(leading.uri("postgres"), "ALTER SYSTEM SET synchronous_standby_names = ''");
    await appendFile(
      join(this.#folders.at(-2) ?? "", "access.conf"),
      "host replication all 127.0.0.1/32 scram-sha-256\n",
    );
    await rowsOf(leading.uri("postgres"), "SELECT pg_reload_conf()");
    const { port, passwords } = leading;
    const options = ["--host=127.0.0.1", `--port=${port}`, "--username=postgres", "--checkpoint=fast"];
    const backup = asUser(serverUser(), "pg_basebackup", [
      ...options,
      "--write-recovery-conf",
      `--pgdata=${dataOf(folder)}`,
    ]);
    const env = { ...process.env, PGPASSWORD: passwords.postgres };
    await promisify(execFile)(backup.command, [...backup.args], { env, cwd: folder });
    this.#servers.push(await serverIn(folder, passwords));
    await until(leading, "SELECT FROM pg_stat_replication WHERE state = 'streaming'");
    await rowsOf(leading.uri("postgres"), "ALTER SYSTEM SET synchronous_standby_names = '*'");
    await rowsOf(leading.uri("postgres"), "SELECT pg_reload_conf()");
    await until(leading, "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'");
  }

  /** The server is gone at once, with all connections; the standby takes its place and its address. */
  async failOver(): Promise<void> {
    const [leading, standby] = this.#servers;
    if (!leading || !standby) throw new Error("there is no standby");
    await leading.abandon();
    await rowsOf(standby.uri("postgres"), "SELECT pg_promote()");
    // It was copied from one that waits for a standby.
    await rowsOf(standby.uri("postgres"), "ALTER SYSTEM RESET synchronous_standby_names");
    await rowsOf(standby.uri("postgres"), "SELECT pg_reload_conf()");
    this.#servers.shift();
    for (const socket of this.#sockets) socket.destroy();
  }

  get #leading(): PostgresServer {
    const [leading] = this.#servers;
    if (!leading) throw new Error("the servers run only while the tests of their describe do");
    return leading;
  }

  async #start(test: Mocha.Context): Promise<void> {
    if ((await findOnPath("pg_basebackup")) === undefined || (await programs()) === undefined) {
      console.error(
        "skipped: this machine lacks a PostgreSQL server, or pg_basebackup (Debian: postgresql-client)",
      );
      test.skip();
    }
    this.#servers.push(await serverIn(await this.#folder()));
    this.#address = createServer((near) => {
      this.#sockets.add(near);
      const far = connect(this.#leading.port, "127.0.0.1");
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.pipe(other);
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => this.#address?.listen(0, "127.0.0.1", resolve));
  }

  async #folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "slipway-test-standby-"));
    this.#folders.push(folder);
    const user = serverUser();
    await chmod(folder, 0o755);
    if (user) await promisify(execFile)("chown", [`${user.uid}:${user.gid}`, folder]);
    return folder;
  }
}

async function programs(): Promise<Parameters<typeof PostgresServer.start>[0]["programs"] | undefined> {
  const found = await providePostgres();
  return found.kind === "none" ? undefined : found;
}

async function serverIn(folder: string, passwords?: PostgresServer["passwords"]): Promise<PostgresServer> {
  const found = await programs();
  if (!found) throw new Error("there were programs a moment ago");
  const [port = 0] = await freePorts(1);
  return PostgresServer.start({
    programs: found,
    folder,
    port,
    durable: false,
    ...(passwords ? { passwords } : {}),
  });
}

/** Waits until a statement has a row. */
async function until(server: PostgresServer, statement: string): Promise<void> {
  while ((await rowsOf(server.uri("postgres"), statement)).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}
