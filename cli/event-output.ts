import { Socket } from "node:net";
import type { EngineEvent } from "../lib/data/protocol";

/** How long the last events may take to leave the process, in milliseconds. */
const flushWithin = 2000;

/**
 * Writes events to standard output without ever waiting for whoever reads it: a reader that stopped reading, or is gone,
 * must not hold up a release.
 */
export class EventOutput {
  readonly #stream: NodeJS.WritableStream;

  constructor() {
    this.#stream = nonBlocking() ?? process.stdout;
    this.#stream.on("error", () => undefined);
  }

  write(event: EngineEvent): void {
    this.#stream.write(`${JSON.stringify(event)}\n`);
  }

  /** Settles when everything left the process, or nobody takes it. */
  async end(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, flushWithin);
    });
    const flushed = new Promise<void>((resolve) => {
      this.#stream.write("", () => {
        resolve();
      });
    });
    await Promise.race([flushed, late]);
    clearTimeout(timer);
  }
}

/** Pipes are written synchronously through `process.stdout`: a full one would stop the whole engine. */
function nonBlocking(): Socket | undefined {
  try {
    return new Socket({ fd: 1, readable: false, writable: true });
  } catch {
    return undefined; // A file or a terminal.
  }
}
