import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * One process, told apart from a later one with the same number.
 * Text form: `<pid> <start>`; start is clock ticks since `<boot id>` on Linux, the start's date elsewhere.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: string;
}

/** A shell line that prints the identity of the shell which runs it; `exec` keeps that identity. */
export const printOwnIdentity =
  "echo $$; cat /proc/sys/kernel/random/boot_id /proc/$$/stat 2>/dev/null || ps -o lstart= -p $$";

/**
 * The identity of a running process.
 * @returns undefined when there is none, or when it has ended and only its entry is left (a zombie).
 */
export function identityOf(pid: number): ProcessIdentity | undefined {
  if (process.platform === "linux") {
    try {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
      return parsePrinted(`${pid}\n${boot}${readFileSync(`/proc/${pid}/stat`, "utf8")}`);
    } catch {
      return undefined;
    }
  }
  try {
    const start = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return start === "" ? undefined : { pid, start };
  } catch {
    return undefined;
  }
}

/** Reads what {@link printOwnIdentity} printed; undefined when the text is not whole or tells of a zombie. */
export function parsePrinted(text: string): ProcessIdentity | undefined {
  const [first = "", second = "", ...rest] = text.trim().split("\n");
  const pid = Number(first);
  if (!Number.isSafeInteger(pid) || pid <= 0 || second === "") return undefined;
  // On Linux a third line is still to come.
  if (rest.length === 0) return process.platform === "linux" ? undefined : { pid, start: second.trim() };
  // The second field is the program's name in brackets and may hold spaces: count from the last bracket.
  const fields = rest.join("\n").split(") ").at(-1)?.trim().split(" ") ?? [];
  const [state, ticks] = [fields[0], fields[19]];
  if (ticks === undefined || state === "Z" || state === "X") return undefined;
  return { pid, start: `${second.trim()}+${ticks}` };
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.start === identity.start;
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  const own = identityOf(process.pid);
  if (own === undefined) throw new Error("the identity of this process cannot be read: is /proc mounted?");
  return own;
}

export function formatIdentity(identity: ProcessIdentity): string {
  return `${identity.pid} ${identity.start}`;
}

/** @returns undefined when the text is not one. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [, pid, start] = /^(\d+) (.+)$/.exec(text.trim()) ?? [];
  return pid === undefined || start === undefined ? undefined : { pid: Number(pid), start };
}
