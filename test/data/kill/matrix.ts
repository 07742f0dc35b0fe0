import { setTimeout as pause } from "node:timers/promises";
import { defaultLease } from "../../../lib/data/journal/lock";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { EngineRun, releaseAndConfirm } from "../engine-run";
import { ChildEngine } from "./child-engine";
import type { MatrixStore } from "./matrix-store";

/** How the killed release would have gone on. */
export const scenarios = ["confirmed", "unconfirmed", "code first", "way back"] as const;
export type Scenario = (typeof scenarios)[number];
/** Who goes on after the kill: the same release again, or an operator on another machine. */
export type Recovery = "release" | "resume";

/** Runs the scenario in a process of its own; it may kill itself on the way. */
export async function play(
  entry: string,
  store: MatrixStore,
  spec: ReleaseSpec,
  scenario: Scenario,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const child = new ChildEngine(entry, { do: "release", spec }, { ...store.environment, ...environment });
  if (spec.order === "code-first" && (await child.heard("ready")))
    await new EngineRun({ do: "switch", spec }, store.processor).ended;
  if (await child.heard("in-place")) {
    if (scenario === "unconfirmed") child.closeInput();
    else await new EngineRun({ do: "confirm", spec }, store.processor).ended;
  }
  return child.ended;
}

/** Runs the scenario in this process; the server is killed at one of its instants, and starts again on its data. */
export async function playOnKilledServer(
  store: MatrixStore,
  restartServer: () => Promise<void>,
  spec: ReleaseSpec,
  scenario: Scenario,
  at: number,
): Promise<string> {
  let passed = 0;
  let end = "untouched";
  const run = new EngineRun({ do: "release", spec }, store.processor, {
    // Nobody waits for a living engine here: it must not lose its lock to a machine that is busy.
    lease: defaultLease,
    boundary: async () => {
      passed += 1;
      if (passed !== at) return;
      end = "SIGKILL";
      await restartServer();
    },
  });
  // Whoever waits for the engine may lose the server as well: then the engine decides alone.
  const give = (): void => {
    run.signs.give("whoever started the release is gone");
  };
  const rollOut = async (): Promise<void> => {
    await run.readyOrInPlace();
    if (!run.has("in-place")) await new EngineRun({ do: "switch", spec }, store.processor).ended;
    await run.inPlace();
    if (scenario === "unconfirmed") give();
    else await new EngineRun({ do: "confirm", spec }, store.processor).ended;
  };
  await rollOut().catch(give);
  await run.ended;
  return end;
}

/** The runner's machine is gone with its folder; another one goes on. */
export async function recover(store: MatrixStore, spec: ReleaseSpec, recovery: Recovery): Promise<EngineRun> {
  const elsewhere = store.elsewhere(spec);
  return whenLockIsFree(async () => {
    if (recovery === "release") return releaseAndConfirm(elsewhere, store.processor);
    const run = new EngineRun({ do: "resume", spec: elsewhere }, store.processor);
    await run.ended;
    return run;
  });
}

/** An engine that lost its server may not have given back its lock: then whoever comes next is told to wait until it has run out. */
async function whenLockIsFree(attempt: () => Promise<EngineRun>): Promise<EngineRun> {
  const isHeld = (says: string): boolean => says.includes("allowed: one release at a time");
  for (;;) {
    try {
      const run = await attempt();
      if (!isHeld(run.said())) return run;
    } catch (error) {
      if (!isHeld(String(error))) throw error;
    }
    await pause(200);
  }
}
