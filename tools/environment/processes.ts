import { spawn } from "node:child_process";
import { openSync, closeSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, parsePrinted, printOwnIdentity, type ProcessIdentity } from "../toolchain/process-identity";
import type { Layout } from "./layout";
import { ServerFailed } from "./server-failed";

/** How one server is started. Never a secret in `args`: every user of the machine reads them (rule X5). */
export interface ServerPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Set in the environment of every server and so of all that it starts: finds what has no record of its own. */
export const ownerVariable = "SLIPWAY_SERVER_OF";

// The shell records itself and then becomes the server: from its first moment on the process is known, whoever dies.
const launch = `{ ${printOwnIdentity}; } > "$1.draft" && mv "$1.draft" "$1" || exit 1; shift; exec "$@"`;

/** The servers of one state directory as processes that outlive whoever started them. */
export class Processes {
  constructor(private readonly layout: Layout) {}

  /** Starts a server; returns when it is recorded, not when it is ready. */
  async start(plan: ServerPlan): Promise<void> {
    const record = this.record(plan.name);
    await rm(record, { force: true });
    const log = openSync(this.layout.log(plan.name), "w", 0o600);
    // Nothing of the user's own environment: it must not change what our servers do.
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: this.layout.at("home"),
      LANG: "C.UTF-8",
      [ownerVariable]: this.layout.state,
      ...plan.env,
    };
    const child = spawn("/bin/sh", ["-c", launch, "sh", record, plan.command, ...plan.args], {
      cwd: this.layout.state,
      detached: true,
      env,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    let failed: string | undefined;
    child.once("error", (error) => (failed = error.message));
    child.once("exit", (code) => (failed ??= `exit code ${code ?? "unknown"}`));
    child.unref();
    while ((await this.identity(plan.name)) === undefined) {
      if (failed !== undefined) throw await ServerFailed.of(this.layout, plan.name, failed);
      await sleep(5);
    }
  }

  /**
   * Waits until a server answers.
   * @param ready resolves to true when it does; errors count as "not yet".
   * @throws ServerFailed when it, or a server started before it, has ended, or when the time is over.
   */
  async ready(
    name: string,
    ready: () => Promise<boolean>,
    signal?: AbortSignal,
    withinMs = 120_000,
  ): Promise<void> {
    const until = Date.now() + withinMs;
    for (;;) {
      signal?.throwIfAborted();
      if (await ready().catch(() => false)) return;
      // One that has ended may be what this one waits for: etcd for the API server.
      for (const server of await this.recorded()) {
        if (!(await this.runs(server)))
          throw await ServerFailed.of(this.layout, server, "its process has ended");
      }
      if (Date.now() > until)
        throw await ServerFailed.of(this.layout, name, `no answer in ${withinMs / 1000} s`);
      await sleep(50, undefined, { signal });
    }
  }

  async runs(name: string): Promise<boolean> {
    const identity = await this.identity(name);
    return identity !== undefined && isAlive(identity);
  }

  /** Ends a server: asks first, and kills when it has not ended after `patienceMs`. */
  async stop(name: string, patienceMs = 10_000, ask: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const identity = await this.identity(name);
    if (identity !== undefined) await endProcess(identity, patienceMs, ask);
    await rm(this.record(name), { force: true });
  }

  /** Names of all servers that are recorded, running or not. */
  async recorded(): Promise<string[]> {
    const names = await readdir(this.layout.run("processes")).catch(() => []);
    return names.filter((name) => !name.endsWith(".draft"));
  }

  private record(name: string): string {
    return this.layout.run("processes", name);
  }

  private async identity(name: string): Promise<ProcessIdentity | undefined> {
    const text = await readFile(this.record(name), "utf8").catch(() => "");
    return parsePrinted(text);
  }
}

/** Ends exactly this process. */
export async function endProcess(
  identity: ProcessIdentity,
  patienceMs: number,
  ask: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  signalIt(identity, ask);
  for (const until = Date.now() + patienceMs; Date.now() < until;) {
    if (!isAlive(identity)) return;
    await sleep(20);
  }
  signalIt(identity, "SIGKILL");
  while (isAlive(identity)) await sleep(20);
}

function signalIt(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
