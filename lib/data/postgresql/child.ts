import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Secrets } from "../secrets";
import { whileAllowed } from "../while-allowed";

/** How much of what a program says is kept for people, in characters. */
const shown = 4_000;
/** How much is kept until secrets are blanked out of it: one that is cut in two is not known any more. */
const kept = 16 * shown;
/** Milliseconds that a program has to end by itself. */
const patience = 5_000;

/** A program, and where it runs. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly folder?: string;
}

/** How a program ended. */
export interface Ending {
  readonly failed: boolean;
  /** For people: exit code or signal, and what it said; no secret. */
  readonly says: string;
}

/** A program that runs, with all that it starts, in a group of its own, so that all of it can be ended. */
export class Child {
  private readonly process: ChildProcess;
  readonly #closed: Promise<number | string>;
  #said = "";

  /**
   * @param stdin whether it is fed, and its output read; else what it writes there is a part of what it says.
   * @param keeps which part of what it says: of a tool the first complaint tells why, of any other program its last words.
   */
  constructor(
    { program, args, env, folder }: Command,
    stdin: "pipe" | "ignore",
    private readonly keeps: "first" | "last",
  ) {
    this.process = spawn(program, [...args], {
      cwd: folder,
      env,
      stdio: [stdin, "pipe", "pipe"],
      detached: true,
    });
    if (stdin === "ignore") this.#listen(this.process.stdout);
    this.#listen(this.process.stderr);
    this.#closed = new Promise((resolve) => {
      this.process.on("error", (error) => {
        resolve(error.message);
      });
      this.process.on("close", (code, signal) => {
        resolve(code ?? signal ?? "no exit code");
      });
    });
  }

  /** What it writes. */
  get output(): Readable {
    if (!this.process.stdout) throw new Error("its output was not asked for");
    return this.process.stdout;
  }

  /** What it reads. */
  get input(): Writable {
    if (!this.process.stdin) throw new Error("it reads nothing");
    return this.process.stdin;
  }

  /** Waits for its end. @throws what `mayGoOn` throws, after everything in its group was ended. */
  async end(secrets: Secrets, mayGoOn: () => void): Promise<Ending> {
    const code = await whileAllowed(mayGoOn, this.#closed, () => this.#stop());
    const said = secrets.redact(this.#said).trim();
    const part = this.keeps === "last" ? said.slice(-shown) : said.slice(0, shown);
    return { failed: code !== 0, says: [`it ended with ${code}`, part].filter(Boolean).join(": ") };
  }

  #listen(stream: Readable | null): void {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      if (this.keeps === "last") this.#said = (this.#said + text).slice(-kept);
      else if (this.#said.length < kept) this.#said += text;
    });
  }

  async #stop(): Promise<void> {
    this.#signal("SIGTERM");
    const gone = await Promise.race([
      this.#closed.then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, patience, false).unref()),
    ]);
    if (gone) return;
    this.#signal("SIGKILL");
    // Something that left the group may hold them open for ever.
    for (const stream of [this.process.stdout, this.process.stderr]) stream?.destroy();
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It has just ended.
    }
  }
}
