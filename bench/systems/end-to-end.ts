import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";

/** One file of tests per system: from its first environment to production, a release that fails, and a way back. */
const tests = ["nmdc-environments", "fragalysis", "atmosphere", "hca-ingest"] as const;

/**
 * Runs the end-to-end tests of the four systems, one after the other.
 * @returns seconds.
 * @throws Error when one of them fails: a figure of a broken program is none.
 */
export async function endToEndSeconds(signal: AbortSignal): Promise<number> {
  const started = performance.now();
  const mocha = join(packageRoot(), "node_modules", "mocha", "bin", "mocha.js");
  const files = tests.map((name) => `test/e2e/${name}.test.ts`);
  const child = spawn(process.execPath, [mocha, ...files], {
    cwd: packageRoot(),
    stdio: ["ignore", "inherit", "inherit"],
    signal,
    killSignal: "SIGINT",
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`the systems' end-to-end tests ended with exit code ${code ?? "unknown"}`);
  return (performance.now() - started) / 1000;
}
