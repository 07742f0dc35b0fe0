import { readdir, readFile } from "node:fs/promises";
import { identityOf } from "../toolchain/process-identity";
import type { Layout } from "./layout";
import { endProcess, ownerVariable } from "./processes";

/**
 * Ends every process that carries this environment's mark and has no record: what a server started by itself, and what was left
 * when somebody was killed between two steps. Linux only; elsewhere every process has a record.
 */
export async function endStrays(layout: Layout): Promise<void> {
  const mark = `${ownerVariable}=${layout.state}`;
  // Pulumi's plugins are started from the state directory's own folder and outlive a killed Pulumi.
  await endWhere((variables, program) => variables.includes(mark) || program.startsWith(`${layout.state}/`));
}

/** Ends every process that was started with this environment variable, and all that it started. @param ask as they are told first. */
export async function endMarked(variable: string, value: string, ask?: NodeJS.Signals): Promise<void> {
  await endWhere((variables) => variables.includes(`${variable}=${value}`), ask);
}

async function endWhere(
  ours: (variables: readonly string[], program: string) => boolean,
  ask: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  await Promise.all(
    pids
      .filter((pid) => pid !== process.pid)
      .map(async (pid) => {
        const identity = identityOf(pid);
        const variables = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        const [program = ""] = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
        if (identity !== undefined && ours(variables.split("\0"), program))
          await endProcess(identity, 2000, ask);
      }),
  );
}
