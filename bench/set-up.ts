import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { packageRoot } from "../lib/package-root";

/** The steps of a set-up, as `npm start` takes them: packages and compilation, tools, servers. */
const steps = [
  ["tools/bootstrap.js"],
  ["build/tools/set-up.js"],
  ["build/tools/environment/main.js", "up"],
] as const;

/**
 * Sets everything up and leaves the environment of `state` running.
 * @param cache where tools are looked for and built.
 * @returns seconds.
 */
export async function setUpSeconds(state: string, cache: string, signal: AbortSignal): Promise<number> {
  const started = performance.now();
  for (const [file, ...args] of steps) {
    const child = spawn(process.execPath, [join(packageRoot(), file), ...args], {
      cwd: packageRoot(),
      env: { ...process.env, SLIPWAY_STATE: state, SLIPWAY_CACHE: cache },
      stdio: ["ignore", "inherit", "inherit"],
      signal,
      killSignal: "SIGINT",
    });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`${file} ended with exit code ${code ?? "unknown"}`);
  }
  return (performance.now() - started) / 1000;
}
