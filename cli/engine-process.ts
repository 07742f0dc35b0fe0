import { type ChildProcessByStdio, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { stateDirectory } from "../lib/config/embedded";
import { engineArguments, engineEnvironment } from "./engine-arguments";
import type { EngineEvent, EngineRequest } from "../lib/data/protocol";

/** What the engine said at its end when it could not do what was asked. */
export class EngineFailure extends Error {
  override readonly name = "EngineFailure";
}

type Last = Extract<EngineEvent, { event: "ready" | "in-place" | "closed" | "plan" | "status" | "records" }>;

/**
 * Starts the engine as a process of its own and waits for the event that answers the request.
 * A `release` goes on after "ready" and "in place": its standard input stays open as long as this process lives, and its end
 * tells the engine that nobody will confirm any more. Every other request gets its input closed at once.
 * @param says receives every event on the way, for progress.
 * @throws EngineFailure with the engine's own words.
 */
export async function askEngine<Event extends Last["event"]>(
  request: EngineRequest,
  answer: Event | readonly Event[],
  says: (event: EngineEvent) => void = () => undefined,
): Promise<Extract<Last, { event: Event }>> {
  const engine = start(request);
  engine.stdin.on("error", () => undefined); // An engine that died early says so by its exit, below.
  engine.stdin.write(`${JSON.stringify(request)}\n`);
  if (request.do !== "release") engine.stdin.end();

  const ended = new Promise<string>((resolve, reject) => {
    engine.once("error", reject);
    engine.once("exit", (code, signal) => {
      resolve(signal ?? `exit code ${code ?? "unknown"}`);
    });
  });
  const answers: readonly string[] = [answer].flat();
  for await (const line of createInterface({ input: engine.stdout })) {
    const event = JSON.parse(line) as EngineEvent;
    if (answers.includes(event.event)) return event as Extract<Last, { event: Event }>;
    if (event.event === "failed") throw new EngineFailure(event.says);
    if (event.event === "closed")
      throw new EngineFailure(event.record.reason ?? `release ${event.record.outcome}`);
    says(event);
  }
  throw new EngineFailure(`The data engine ended (${await ended}) without an answer; its log: ${logFile()}`);
}

function start(request: EngineRequest): ChildProcessByStdio<Writable, Readable, null> {
  mkdirSync(stateDirectory(), { recursive: true, mode: 0o700 });
  const log = openSync(logFile(), "a", 0o600);
  const engine = spawn(process.execPath, engineArguments(request), {
    stdio: ["pipe", "pipe", log],
    env: engineEnvironment(request),
    // In a process group of its own: Ctrl-C reaches Pulumi, and the engine learns of it by its standard input.
    detached: request.do === "release",
  });
  closeSync(log);
  return engine as ChildProcessByStdio<Writable, Readable, null>;
}

function logFile(): string {
  return join(stateDirectory(), "engine.log");
}
