import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { engineArguments, engineEnvironment } from "../cli/engine-arguments";
import { processor } from "../lib/data/conductor/processor";
import { Signs } from "../lib/data/conductor/signs";
import { runEngine } from "../lib/data/engine";
import { defaultLease } from "../lib/data/journal/lock";
import type { EngineEvent, ReleaseRecordData, ReleaseSpec } from "../lib/data/protocol";
import { ProcessWatch, type Taken } from "./process-watch";

/** What one whole release took. */
export interface ReleaseFigures extends Taken {
  /** From the process's start to its end, confirmed as soon as the data was in place. */
  readonly seconds: number;
  /** Seconds for which writers were refused. */
  readonly closed: number;
  readonly record: ReleaseRecordData;
}

/** Runs one release in a process of its own and confirms it at once, as a roll-out that takes no time would. */
export async function timedRelease(spec: ReleaseSpec): Promise<ReleaseFigures> {
  const begun = performance.now();
  const engine = spawn(process.execPath, engineArguments({ spec }), {
    stdio: ["pipe", "pipe", "inherit"],
    env: engineEnvironment({ spec }),
  });
  const watch = new ProcessWatch(engine.pid ?? 0);
  engine.stdin.write(`${JSON.stringify({ do: "release", spec })}\n`);
  let record: ReleaseRecordData | undefined;
  let said = "";
  for await (const line of createInterface({ input: engine.stdout })) {
    const event = JSON.parse(line) as EngineEvent;
    if (event.event === "in-place") await confirm(spec);
    if (event.event === "closed") record = event.record;
    if (event.event === "failed") said = event.says;
  }
  const seconds = (performance.now() - begun) / 1000;
  const taken = watch.stop();
  if (record?.outcome !== "released") throw new Error(`the release failed: ${said}`);
  return { seconds, closed: (record.closedFor ?? 0) / 1000, ...taken, record };
}

async function confirm(spec: ReleaseSpec): Promise<void> {
  await runEngine(
    { do: "confirm", spec },
    {
      emit: () => undefined,
      signs: new Signs(undefined),
      processor,
      options: { lease: defaultLease, boundary: () => undefined },
    },
  );
}
