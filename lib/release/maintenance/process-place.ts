import { execFile } from "node:child_process";
import { type CommandPlace, lastLine, mostOutput, type Ran } from "./command-place";

/** Runs commands as processes of this machine. */
export class ProcessPlace implements CommandPlace {
  /** @param timeout in seconds; a command that takes longer is killed. */
  constructor(
    private readonly folder: string,
    private readonly timeout: number,
  ) {}

  run([program = "", ...args]: readonly string[]): Promise<Ran> {
    const options = {
      cwd: this.folder,
      timeout: this.timeout * 1000,
      killSignal: "SIGKILL",
      maxBuffer: mostOutput,
    } as const;
    return new Promise((resolve) => {
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        if (error === null) resolve({ ended: "well", output: stdout });
        else if (error.code === "ENOENT") resolve({ ended: "badly", why: `no program ${program}` });
        else if (error.killed === true)
          resolve({ ended: "badly", why: `not done within ${this.timeout} s, or it printed too much` });
        else resolve({ ended: "badly", why: `exit code ${error.code ?? "none"}: ${lastLine(stderr)}` });
      });
      child.stdin?.end();
    });
  }
}
