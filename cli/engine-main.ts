import type { DataProcessor, EngineOptions } from "../lib/data/conductor/context";
import { Signs } from "../lib/data/conductor/signs";
import { runEngine } from "../lib/data/engine";
import { defaultLease } from "../lib/data/journal/lock";
import type { EngineEvent, EngineRequest } from "../lib/data/protocol";
import { Announcer } from "./announcer";
import { EventOutput } from "./event-output";

/** Exit codes: done; not done, with the reason in the last event; not understood. */
const exit = { done: 0, notDone: 1, notUnderstood: 2 } as const;

/**
 * The engine's process: one request in on standard input, events out. A release goes on after its standard input has
 * closed, until it is taken back; everything else only reads its request there.
 * @param read where the request comes from instead.
 */
export async function engineMain(
  processor: DataProcessor,
  options: Partial<EngineOptions> = {},
  read: () => Promise<string> = firstLine,
): Promise<void> {
  const parent = process.ppid;
  const output = new EventOutput();
  const request = parse(await read());
  // Only the release itself tells people: whoever confirms it or asks about it would tell them twice.
  const announcer = request?.do === "release" ? new Announcer(request.spec) : undefined;
  const emit = (event: EngineEvent): void => {
    output.write(event);
    announcer?.hear(event);
  };
  if (!request) {
    emit({ event: "failed", says: "the request is not one line of JSON with do and spec", problems: [] });
    await output.end();
    process.exit(exit.notUnderstood);
  }
  const signs = new Signs(request.do === "release" ? parent : undefined);
  watch(request, signs);
  const done = await runEngine(request, {
    emit,
    signs,
    processor,
    options: { lease: options.lease ?? defaultLease, boundary: options.boundary ?? (() => undefined) },
  });
  await Promise.all([output.end(), announcer?.end()]);
  process.exit(done ? exit.done : exit.notDone);
}

function watch(request: EngineRequest, signs: Signs): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      signs.give(`stopped by ${signal}`);
    });
  }
  if (request.do !== "release") return;
  process.stdin.on("end", () => {
    signs.give("whoever started the release ended without confirming it");
  });
  process.stdin.on("error", () => {
    signs.give("the way to whoever started the release is cut");
  });
  process.stdin.resume();
}

/** The first line of standard input. What follows it stays unread. */
function firstLine(): Promise<string> {
  let text = "";
  process.stdin.setEncoding("utf8");
  return new Promise<string>((resolve) => {
    const take = (chunk: string): void => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) return;
      process.stdin.off("data", take);
      resolve(text.slice(0, end));
    };
    process.stdin.on("data", take);
    process.stdin.once("end", () => {
      resolve(text);
    });
  });
}

function parse(line: string): EngineRequest | undefined {
  try {
    const request = JSON.parse(line) as Partial<EngineRequest>;
    return request.do !== undefined && request.spec !== undefined ? (request as EngineRequest) : undefined;
  } catch {
    return undefined;
  }
}
