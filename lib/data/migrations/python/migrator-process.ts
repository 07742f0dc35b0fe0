import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join, delimiter } from "node:path";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { packageRoot } from "../../../package-root";
import { Refusal } from "../../../problem";
import type { Migration } from "../migration";
import { type Frame, FramePipe } from "./frame-pipe";
import type { PythonPackage } from "./environment";

const message = z.discriminatedUnion("event", [
  z.object({ event: z.literal("ready"), version: z.string() }),
  z.object({ event: z.literal("alive") }),
  z.object({ event: z.literal("need"), collection: z.string() }),
  z.object({ event: z.literal("failed"), message: z.string(), trace: z.string() }),
  z.object({
    event: z.literal("done"),
    collections: z.record(
      z.string(),
      z.object({ origin: z.string(), added: z.number(), removed: z.number(), dirty: z.boolean() }),
    ),
    touched: z.array(z.string()),
    missing: z.array(z.string()),
    created: z.array(z.string()),
    renamed: z.array(z.tuple([z.string(), z.string()])),
    deleted: z.array(z.string()),
  }),
  z.object({
    event: z.literal("block"),
    changed: z.array(z.number()),
    origins: z.union([z.number(), z.array(z.number())]),
  }),
  z.object({ event: z.literal("end") }),
  z.object({ event: z.literal("removed"), collection: z.string(), origin: z.number(), reason: z.string() }),
]);
export type MigratorMessage = z.infer<typeof message>;
export type MigratorOutcome = Extract<MigratorMessage, { event: "done" }>;

/** Address space that a migrator may take, in bytes; one that wants more ends with a MemoryError, not with the machine. */
const memoryLimit = 4 * 1024 ** 3;
const keptLines = 20;
/** A migrator that looks at no further document for this long, in seconds, is taken for one that never ends (fault group 20). */
const silenceSeconds = 300;

/** The Python process of one step: started early, because importing takes a while; gets documents only when it asks. */
export class MigratorProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #pipe: FramePipe;
  readonly #gone: Promise<unknown>;
  #log: string[] = [];

  private constructor(
    readonly migration: Migration,
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    private readonly patience: number,
  ) {
    this.#child = child;
    this.#pipe = new FramePipe(child.stdout, child.stdin);
    this.#gone = once(child, "close").catch(() => undefined);
    // A closed pipe shows as the end of what the process says; that is where it is reported.
    child.stdin.on("error", () => undefined);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#log = [...this.#log, ...text.split("\n").filter(Boolean)].slice(-keptLines);
    });
  }

  /** @param scratch a private folder for what does not fit in memory. */
  static async start(
    migration: Migration,
    installed: PythonPackage,
    scratch: string,
    signal?: AbortSignal,
    patience = silenceSeconds,
  ): Promise<MigratorProcess> {
    if (migration.step.kind !== "python") throw new Error(`${migration.id} is not a Python step`);
    const child = spawn(installed.python, ["-P", "-m", "slipway_migrate"], {
      cwd: scratch,
      env: {
        PATH: process.env["PATH"],
        LANG: "C.UTF-8",
        PYTHONPATH: [installed.folder, join(packageRoot(), "tools", "python")].join(delimiter),
        PYTHONSAFEPATH: "1",
        PYTHONNOUSERSITE: "1",
        PYTHONDONTWRITEBYTECODE: "1",
        // Sets and dictionaries of a migrator run in the same order every time.
        PYTHONHASHSEED: "0",
      },
      stdio: ["pipe", "pipe", "pipe"],
      ...(signal && { signal, killSignal: "SIGKILL" as const }),
    });
    child.on("error", () => undefined);
    const started = new MigratorProcess(migration, child, patience);
    await started.#pipe.sendMessage({
      package: migration.package,
      module: migration.step.module,
      from: migration.from,
      to: migration.to,
      mayBeMissing: migration.step.mayBeMissing,
      scratch,
      memory: memoryLimit,
    });
    return started;
  }

  sendMessage(content: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#pipe.sendMessage(content);
  }

  sendBlock(bytes: Uint8Array): Promise<void> {
    return this.#pipe.send("B", bytes);
  }

  sendEnd(): Promise<void> {
    return this.#pipe.send("E");
  }

  async receive(): Promise<Frame> {
    const silence = new AbortController();
    const timer = setTimeout(() => {
      silence.abort();
      this.#child.kill("SIGKILL");
    }, this.patience * 1000);
    const frame = await this.#pipe.receive();
    clearTimeout(timer);
    if (frame) return frame;
    await this.#gone;
    if (silence.signal.aborted)
      throw this.refusal(`nothing for ${this.patience} s: it does not come to an end`);
    const how = this.#child.signalCode ?? `exit code ${String(this.#child.exitCode)}`;
    throw this.refusal(
      `its process ended (${how})${this.#log.length > 0 ? `: ${this.#log.join(" / ")}` : ""}`,
    );
  }

  /** @throws Refusal with the migrator's own message when it raised. */
  async receiveMessage(): Promise<MigratorMessage> {
    const frame = await this.receive();
    const read = message.parse(JSON.parse(frame.payload.toString()));
    if (read.event === "alive") return this.receiveMessage();
    if (read.event === "failed") throw this.refusal(read.message);
    return read;
  }

  refusal(found: string): Refusal {
    return new Refusal(`migration ${this.migration.id}`, [
      {
        where: this.migration.step.kind === "python" ? this.migration.step.module : this.migration.id,
        found,
        allowed: "a migrator that ends without an error; nothing was changed",
        mend: "mend the data that the message names, or release a version whose migrator accepts it",
      },
    ]);
  }

  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
  }
}
