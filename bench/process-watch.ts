import { readdirSync, readFileSync } from "node:fs";

const everyMs = 40;
const kibi = 1024;
/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/** What a process and all its descendants took. */
export interface Taken {
  /** The highest sum of resident memory that was seen, in MiB; pages that processes share count once per process. */
  readonly peak: number;
  /** Processor seconds of all of them, the server's left out. */
  readonly cpu: number;
}

/** Samples a process and its descendants (Linux). */
export class ProcessWatch {
  #peak = 0;
  #ticks = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(root: number) {
    this.#timer = setInterval(() => {
      const tree = descendants(root);
      this.#peak = Math.max(this.#peak, sum(tree.map(residentKiB)));
      this.#ticks = Math.max(this.#ticks, sum(tree.map(ticks)));
    }, everyMs);
  }

  stop(): Taken {
    clearInterval(this.#timer);
    return { peak: this.#peak / kibi, cpu: this.#ticks / ticksPerSecond };
  }
}

/** A process and all that it started, as far as they live. */
function descendants(pid: number): readonly number[] {
  const children = readOr("", () =>
    readdirSync(`/proc/${pid}/task`)
      .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"))
      .join(" "),
  );
  return [pid, ...children.split(" ").filter(Boolean).map(Number).flatMap(descendants)];
}

function residentKiB(pid: number): number {
  const status = readOr("", () => readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
}

/** Of the process itself and of its children that have ended. */
function ticks(pid: number): number {
  const stat = readOr("", () => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The command's name, in brackets, may hold blanks; what follows it is numbers: utime, stime, cutime, cstime.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return sum(fields.slice(11, 15).map(Number));
}

/** A process may end between two looks at it. */
function readOr(otherwise: string, read: () => string): string {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
