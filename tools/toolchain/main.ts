import { Refusal } from "../../lib/problem";
import { progressOn } from "./progress";
import { provideToolchain } from "./toolchain";

/** Sets up every tool, so that what comes after starts at once. */
async function main(): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      interrupted.abort(new Error(`stopped by ${signal}`));
    });
  }
  await provideToolchain({ progress: progressOn(process.stderr), signal: interrupted.signal });
}

main().catch((error: unknown) => {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
});
