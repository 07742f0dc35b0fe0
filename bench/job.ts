import type { EmbeddedEnvironment } from "../lib/config/embedded";
import { packageRoot } from "../lib/package-root";
import { mainJob } from "../tools/job/main-job";
import type { System } from "../tools/job/system";
import { silent } from "../tools/toolchain/progress";

/** Runs the main job on an environment that is up; returns how many seconds it took, and the system that was released. */
export async function timedJob(
  environment: EmbeddedEnvironment,
  state: string,
  signal: AbortSignal,
): Promise<{ readonly seconds: number; readonly system: System }> {
  const started = performance.now();
  const quiet = (): void => undefined;
  const { system } = await mainJob({
    environment,
    root: packageRoot(),
    state,
    progress: silent,
    print: (line) => {
      if (line.startsWith("\n──")) console.log(`  ${line.trim()}`);
    },
    show: quiet,
    signal,
  });
  return { seconds: (performance.now() - started) / 1000, system };
}
