import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { Refusal } from "../../lib/problem";
import { freePorts } from "../environment/ports";
import { dataOf, makeCluster, serverCommand, type ClusterPlan } from "./cluster";
import { connected } from "./session";
import {
  freshPasswords,
  postgresUri,
  userStatements,
  type PostgresPasswords,
  type PostgresUser,
} from "./users";

export interface StartOptions extends Omit<ClusterPlan, "port"> {
  /** Default: a free one. */
  readonly port?: number;
  /** Default: fresh ones. A server that is started again on its data needs those of before. */
  readonly passwords?: PostgresPasswords;
}

/** The server ends with whoever started it: when our end of its standard input closes, however that happens. */
const watched = `exec 3<&0; "$@" 3<&- </dev/null & server=$!
(read -r _ <&3; kill -QUIT $server) 2>/dev/null & watcher=$!
wait $server; code=$?; kill $watcher 2>/dev/null; exit $code`;

/** How long a server may take to start; one that was killed first goes through what it had written. */
const patienceMs = 60_000;

/** In which a server that is there takes a connection. */
const quick = 2_000;

/** A PostgreSQL server that runs as a child of this process and ends with it. */
export class PostgresServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly port: number,
    readonly passwords: PostgresPasswords,
  ) {}

  /**
   * Starts a server with its users, and returns when it takes connections (one second with new data).
   * @throws Refusal with what it said when it ends instead.
   */
  static async start(options: StartOptions): Promise<PostgresServer> {
    const passwords = options.passwords ?? freshPasswords();
    const [port = 0] = options.port === undefined ? await freePorts(1) : [options.port];
    const plan = { ...options, port };
    await makeCluster(plan, passwords.postgres);
    const until = Date.now() + patienceMs;
    for (;;) {
      const child = launch(plan);
      const server = new PostgresServer(child.process, options.folder, port, passwords);
      const ended = await server.ready(child.ended, until);
      if (ended === undefined) return server;
      // Processes of a server that was killed let go of its memory a moment later.
      if (!/still in use|lock file .* already exists/.test(ended) || Date.now() > until) {
        child.process.kill();
        throw failed(plan.programs.postgres, ended);
      }
      await sleep(50);
    }
  }

  /** Host and port. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Connection string of a user; `database` is what it connects to. */
  uri(user: PostgresUser, database = "postgres"): string {
    return postgresUri(this.address, user, this.passwords[user], database);
  }

  /** Kills the server's first process; the others end when they notice. Nothing is written any more, nobody is told. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Ends the server in order; who is connected is sent away. */
  async stop(): Promise<void> {
    await this.end("SIGINT");
  }

  /** Ends the server and all its processes at once, as it is: its next start goes through what it had written. */
  async abandon(): Promise<void> {
    await this.end("SIGQUIT");
  }

  /** Waits until the server answers, then makes its users where they are missing; or tells why it has ended. */
  private async ready(ended: Promise<string>, until: number): Promise<string | undefined> {
    const uri = this.uri("postgres");
    while (!(await answers(uri))) {
      if (this.child.exitCode !== null || this.child.pid === undefined) return ended;
      if (Date.now() > until) return `no answer in ${patienceMs / 1000} s`;
      await sleep(20);
    }
    await makeUsers(uri, this.passwords);
    return undefined;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    const pid = await readFile(join(dataOf(this.folder), "postmaster.pid"), "utf8");
    process.kill(Number(pid.split("\n")[0]), signal);
    await gone;
  }
}

/**
 * Whether the server takes this user; one that is not there, or still starting, does not.
 * @throws Error when it refuses the user.
 */
export async function answers(uri: string): Promise<boolean> {
  return connected(uri, () => Promise.resolve(true), quick).catch((error: unknown) => {
    // Classes of SQLSTATE: the user is refused, or there is no such database.
    if (/^(28|3D)/.test((error as { code?: string }).code ?? "")) throw error;
    return false;
  });
}

/** Makes the users of a server, all or none, where they are missing. */
export async function makeUsers(uri: string, passwords: PostgresPasswords): Promise<void> {
  const make = async (client: Client): Promise<void> => {
    const { rows } = await client.query("SELECT FROM pg_roles WHERE rolname = 'slipway'");
    if (rows.length === 0) await client.query(userStatements(passwords).join(";\n"));
  };
  await connected(uri, make, quick);
}

/** The process, and what it said when it ends. */
function launch(plan: ClusterPlan): { readonly process: ChildProcess; readonly ended: Promise<string> } {
  const { command, args } = serverCommand(plan);
  const child = spawn("/bin/sh", ["-c", watched, "sh", command, ...args], {
    cwd: plan.folder,
    env: { PATH: process.env["PATH"] ?? "", LANG: "C" },
    stdio: ["pipe", "ignore", "pipe"],
    // A group of its own: Ctrl-C at a terminal is for the tests, which then stop it.
    detached: true,
  });
  child.stdin.on("error", () => undefined);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => {
      resolve(error.message);
    });
    child.once("close", (code) => {
      resolve(`exit code ${code ?? "unknown"}: ${said}`);
    });
  });
  return { process: child, ended };
}

function failed(where: string, found: string): Refusal {
  const mend = "read what it said; setpriv (util-linux) must be on PATH where root starts it";
  return new Refusal("the PostgreSQL server", [{ where, found, allowed: "a server that starts", mend }]);
}
