import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { providePrograms, type Program } from "../../../tools/programs/recipe";

/** One of the embedded system's programs as a process of this test. */
export class RunningProgram {
  private constructor(
    private readonly child: ChildProcess,
    readonly address: string,
    private readonly output: string[],
  ) {}

  /** Starts it on a free port of loopback; returns when it listens. */
  static async start(program: Program, env: Readonly<Record<string, string>>): Promise<RunningProgram> {
    const file = join(await providePrograms(), program);
    const child = spawn(file, [], {
      env: { HOST: "127.0.0.1", PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: string[] = [];
    createInterface(child.stdout).on("line", (line) => output.push(line));
    const log: string[] = [];
    for await (const line of createInterface(child.stderr)) {
      log.push(line);
      const [, address] = /listening on (\S+)$/.exec(line) ?? [];
      if (address === undefined) continue;
      child.stderr.resume();
      return new RunningProgram(child, address, output);
    }
    throw new Error(`${program} ended: ${log.join("\n")}`);
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await fetch(`http://${this.address}${path}`);
    return { status: answer.status, body: await answer.json() };
  }

  /** Asks it to end, as Kubernetes does; returns the last line that it printed. */
  async end(): Promise<string | undefined> {
    if (this.child.exitCode === null) {
      const closed = once(this.child, "close");
      this.child.kill("SIGTERM");
      await closed;
    }
    return this.output.at(-1);
  }
}
