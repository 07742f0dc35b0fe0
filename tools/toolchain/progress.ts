import type { Writable } from "node:stream";

/** Says what is going on while it lasts; silent about whatever is over at once. */
export interface Progress {
  /** Runs one step and tells how long it has taken so far, and at its end. `detail` narrows down what is being done. */
  step<T>(what: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  /** One line that stays. */
  note(text: string): void;
}

/** After how many milliseconds a step is worth a line. */
const worthALine = 2000;
/** How often a log (no terminal) hears that a step still lasts, in milliseconds. */
const logEvery = 15_000;

/** Progress on a stream: one line that counts its seconds on a terminal, plain lines elsewhere. */
export function progressOn(out: Writable & { isTTY?: boolean; columns?: number }): Progress {
  const terminal = out.isTTY === true;
  return {
    note: (text) => void out.write(`${text}\n`),
    async step(what, work) {
      const started = Date.now();
      let detail = "";
      let shown = 0;
      const line = (end: string): string => {
        const seconds = ((Date.now() - started) / 1000).toFixed(end === "" ? 0 : 1);
        return `${what}${detail === "" || end !== "" ? "" : `: ${detail}`} … ${seconds} s${end}`;
      };
      const show = (end = ""): void => {
        shown += 1;
        if (!terminal) out.write(`${line(end)}\n`);
        else out.write(`\r\x1b[K${line(end).slice(0, (out.columns ?? 80) - 1)}${end === "" ? "" : "\n"}`);
      };
      let every: NodeJS.Timeout | undefined;
      const first = setTimeout(() => {
        show();
        every = setInterval(show, terminal ? 1000 : logEvery);
      }, worthALine);
      try {
        const result = await work((text) => (detail = text));
        if (shown > 0) show(", done");
        return result;
      } catch (error) {
        if (shown > 0) show(", failed");
        throw error;
      } finally {
        clearTimeout(first);
        clearInterval(every);
      }
    },
  };
}

/** Says nothing. */
export const silent: Progress = { note: () => undefined, step: (_what, work) => work(() => undefined) };
