import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Refusal } from "../../lib/problem";
import { standInCommand, type StandInPlan } from "./plan";
import {
  accessFile,
  freshPasswords,
  type FurtherUser,
  userUri,
  type Passwords,
  type StandInUser,
} from "./users";

export interface StartOptions extends Omit<StandInPlan, "access" | "exitWithParent"> {
  /** Default: fresh ones. A server that is started again on its data needs those of before. */
  readonly passwords?: Passwords;
  /** Where `runtime` and `reader` may work; every database when it is absent. */
  readonly databases?: readonly string[];
  /** Users besides `slipway`, `runtime` and `reader`. Default: none. */
  readonly further?: readonly FurtherUser[];
}

/** A stand-in server that runs as a child of this process and ends with it. */
export class StandIn {
  private constructor(
    private readonly child: ChildProcess,
    private readonly host: string,
    readonly port: number,
    readonly passwords: Passwords,
  ) {}

  /**
   * Starts a server and returns when it takes connections (about half a second).
   * @throws Refusal with what it said when it ends instead.
   */
  static async start(options: StartOptions): Promise<StandIn> {
    const passwords = options.passwords ?? freshPasswords();
    const folder = await mkdtemp(join(tmpdir(), "stand-in-"));
    const access = join(folder, "access.json");
    await writeFile(access, accessFile(passwords, options.databases, options.further), { mode: 0o600 });
    if (options.data !== undefined) await mkdir(options.data, { recursive: true });
    const { command, args } = standInCommand({ ...options, access, exitWithParent: true });
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
    const ready = new Promise<number>((resolve, reject) => {
      createInterface(child.stdout).once("line", (line) => {
        resolve((JSON.parse(line) as { port: number }).port);
      });
      const failed = (found: string): void => {
        const mend = "read what it said; a JDK 17 or newer must be on PATH";
        reject(
          new Refusal("the stand-in server", [
            { where: command, found, allowed: "a server that starts", mend },
          ]),
        );
      };
      child.once("error", (error) => {
        failed(error.message);
      });
      child.once("exit", (code) => {
        failed(`exit code ${code ?? "unknown"}: ${said}`);
      });
    });
    try {
      return new StandIn(child, hostOf(options), await ready, passwords);
    } finally {
      // Read once at the start: the passwords need not lie there any longer.
      await rm(folder, { recursive: true, force: true });
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Host and port, of the first address where it listens on several. */
  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** Connection string of a user; `database` is what the string names as its own. */
  uri(user: StandInUser, database = ""): string {
    return userUri(this.address, user, this.passwords[user], database);
  }

  /** Ends the server as a power cut would: SIGKILL, no farewell. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill(signal);
    await gone;
  }
}

function hostOf({ listen }: StartOptions): string {
  return listen?.[0]?.replace(/:\d+$/, "") ?? "127.0.0.1";
}
