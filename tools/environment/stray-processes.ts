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
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  await Promise.all(
    pids
      .filter((pid) => pid !== process.pid)
      .map(async (pid) => {
        const identity = identityOf(pid);
        const variables = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        const [program = ""] = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
        // Pulumi's plugins are started from the state directory's own folder and outlive a killed Pulumi.
        const ours = variables.split("\0").includes(mark) || program.startsWith(`${layout.state}/`);
        if (identity !== undefined && ours) await endProcess(identity, 2000);
      }),
  );
}
