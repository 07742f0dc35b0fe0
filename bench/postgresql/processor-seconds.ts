import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/**
 * Processor seconds that a server and all that this process has started and awaited have taken so far (Linux): unlike time they hardly depend on
 * what else the machine does.
 * @param server its first process.
 */
export function processorSeconds(server: number): number {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => timesOf(Number(name)));
  const sessions = all.filter(({ parent }) => parent === server).reduce((sum, { own }) => sum + own, 0);
  const { own, ended } = timesOf(server);
  return (sessions + own + ended + timesOf(process.pid).ended) / ticksPerSecond;
}

/** Ticks of a process itself, and of what it started as far as that has ended. */
function timesOf(pid: number): { readonly parent: number; readonly own: number; readonly ended: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name, in brackets, may hold blanks.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return { parent: fields[1] ?? 0, own: user + system, ended: endedUser + endedSystem };
  } catch {
    // It has just ended: its time is its parent's by now.
    return { parent: 0, own: 0, ended: 0 };
  }
}
