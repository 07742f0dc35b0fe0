import { readdirSync, readFileSync } from "node:fs";

const everyMs = 40;
const kibi = 1024;

/** Samples the resident memory of a process and all its descendants together (Linux); shared pages count once per process. */
export class MemoryWatch {
  #peak = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(root: number) {
    this.#timer = setInterval(() => {
      this.#peak = Math.max(this.#peak, residentOf(root));
    }, everyMs);
  }

  /** The highest sum that was seen, in MiB. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#peak / kibi;
  }
}

/** KiB of a process and its descendants. */
function residentOf(root: number): number {
  const parents = new Map<number, { readonly parent: number; readonly resident: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const field = (key: string): number =>
        Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      parents.set(Number(name), { parent: field("PPid"), resident: field("VmRSS") });
    } catch {
      // Gone meanwhile.
    }
  }
  const inTree = (pid: number): boolean => pid === root || (pid > 1 && inTree(parents.get(pid)?.parent ?? 0));
  let sum = 0;
  for (const [pid, { resident }] of parents) if (inTree(pid)) sum += resident;
  return sum;
}
