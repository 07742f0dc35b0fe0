import { execFile } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";

const program = join(packageRoot(), "build", "cli", "slipway.js");

/** What the command told its caller. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs the compiled `slipway` as its users do, as a process of its own. */
export function runSlipway(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env } };
    execFile(process.execPath, [program, ...args], options, (failure, out, error) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
    });
  });
}
