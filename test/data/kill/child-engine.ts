import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { transpileModule, ModuleKind, ScriptTarget } from "typescript";
import type { EngineEvent, EngineRequest } from "../../../lib/data/protocol";
import { packageRoot } from "../../../lib/package-root";
import { scratch } from "../../scratch";

/**
 * Compiles a test's own entry so that it runs on `build/`: child processes must start quickly, and TypeScript doesn't.
 * @returns the compiled file.
 */
export function compiledEntry(): string {
  const folder = scratch("entry");
  for (const file of ["kill/killable-engine", "plain-data", "plain-processor"]) {
    const source = readFileSync(join(packageRoot(), "test", "data", `${file}.ts`), "utf8");
    const options = { compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 } };
    const code = transpileModule(source, options)
      .outputText.replaceAll(/"(?:\.\.\/)+(lib|cli)\//g, `"${packageRoot()}/build/$1/`)
      .replaceAll('"mongodb"', `"${packageRoot()}/node_modules/mongodb"`);
    const target = join(folder, `${file}.js`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  return join(folder, "kill", "killable-engine.js");
}

/** An engine as a process of its own. */
export class ChildEngine {
  readonly events: EngineEvent[] = [];
  readonly ended: Promise<string>;
  readonly #child: ChildProcessWithoutNullStreams;
  #heard: () => void = () => undefined;

  constructor(entry: string, request: EngineRequest, environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [entry], {
      env: { ...process.env, ...environment },
      stdio: "pipe",
    });
    this.#child.stdin.on("error", () => undefined);
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    let errors = "";
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    createInterface(this.#child.stdout).on("line", (line) => {
      this.events.push(JSON.parse(line) as EngineEvent);
      this.#heard();
    });
    this.ended = once(this.#child, "close").then(([code, signal]) => {
      return signal === null ? `${String(code)}${errors === "" ? "" : `: ${errors}`}` : String(signal);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until an event of this kind came; false when the process ended without one. */
  async heard(event: EngineEvent["event"]): Promise<boolean> {
    const isOver = this.ended.then(() => true);
    for (;;) {
      if (this.events.some((one) => one.event === event)) return true;
      const next = new Promise<boolean>((resolve) => {
        this.#heard = () => {
          resolve(false);
        };
      });
      if (await Promise.race([next, isOver])) return this.events.some((one) => one.event === event);
    }
  }

  /** Settles when the data is in place. @throws when the process ended instead, with the last that it said. */
  async inPlace(): Promise<void> {
    if (await this.heard("in-place")) return;
    throw new Error(`not in place: ${await this.ended}; ${JSON.stringify(this.events.at(-1))}`);
  }

  /** What happens when `pulumi up` ends. */
  closeInput(): void {
    this.#child.stdin.end();
  }

  /** What happens when whoever reads the events is gone. */
  closeOutput(): void {
    this.#child.stdout.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
