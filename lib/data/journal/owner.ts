import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds the lock: enough to say it to people, and to know on the same machine that it is dead. */
export interface Owner {
  /** The machine, or the container on it. */
  readonly machine: string;
  readonly pid: number;
  /** When the process began, in the machine's own unit: tells a process from a later one with its number. */
  readonly began: string;
  readonly operator: string;
  readonly release: string;
}

/** This process as an owner. */
export function thisOwner(operator: string, release: string): Owner {
  return { machine: machine(), pid: process.pid, began: beginning(process.pid) ?? "", operator, release };
}

/** `dead` only where it is certain: the owner's number is free or taken by another process, on this very machine. */
export function ownerIs(owner: Owner): "dead" | "alive" | "unknown" {
  if (owner.machine !== machine()) return "unknown";
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH" ? "dead" : "unknown";
  }
  const began = beginning(owner.pid);
  return began === undefined || began === owner.began ? "alive" : "dead";
}

/** Host, boot and process space: two containers with one host name are two machines. */
function machine(): string {
  const part = (read: () => string): string => {
    try {
      return read().trim();
    } catch {
      return "";
    }
  };
  const boot = part(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  const space = part(() => readlinkSync("/proc/self/ns/pid"));
  return [hostname(), boot, space].filter((text) => text !== "").join(" ");
}

function beginning(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie holds its number until its parent looks, but will never write again.
    return fields[0] === "Z" ? "" : fields[19];
  } catch {
    return undefined;
  }
}
