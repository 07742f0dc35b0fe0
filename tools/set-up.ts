import { installPackage } from "../lib/data/migrations/python/environment";
import { Refusal } from "../lib/problem";
import { providePrograms } from "./programs/recipe";
import { progressOn } from "./toolchain/progress";
import { provideToolchain } from "./toolchain/toolchain";

/** The schema versions that the main job and the tests go through. */
const schemas = ["11.23.0", "11.24.0"];

/** `npm run set-up`: every tool, program and Python package, so that what comes after starts at once. */
async function setUp(): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      interrupted.abort(new Error(`stopped by ${signal}`));
    });
  }
  const progress = progressOn(process.stderr);
  await provideToolchain({ progress, signal: interrupted.signal });
  await providePrograms({ progress, signal: interrupted.signal });
  await progress.step("schema packages (pip)", async (detail) => {
    for (const version of schemas) await installPackage({ package: "nmdc-schema", version }, detail);
  });
}

setUp().catch((error: unknown) => {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
});
