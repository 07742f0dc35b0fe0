import { spawn, type SpawnOptions } from "node:child_process";

/** How a command ended. */
export interface Ran {
  readonly code: number;
  /** All that it printed, both streams in order. */
  readonly output: string;
}

/** Runs a command to its end. @param show receives what it prints, as it comes. */
export function runTo(
  program: string,
  args: readonly string[],
  options: Pick<SpawnOptions, "cwd" | "env" | "signal">,
  show?: (text: string) => void,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      show?.(chunk.toString());
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? 1, output });
    });
  });
}
