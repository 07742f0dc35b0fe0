import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import { ChildEngine } from "./child-engine";
import type { MatrixStore } from "./matrix-store";

/** How the killed release would have gone on. */
export const scenarios = ["confirmed", "unconfirmed", "code first", "way back"] as const;
export type Scenario = (typeof scenarios)[number];
/** Who goes on after the kill: the same release again, or an operator on another machine. */
export type Recovery = "release" | "resume";

/** A database at the point where the scenario's release begins. @returns that release. */
export async function prepare(
  store: MatrixStore,
  database: string,
  scenario: Scenario,
): Promise<ReleaseSpec> {
  const first = await store.fill(database);
  await releaseAndConfirm(first, store.processor);
  if (scenario === "code first") return { ...nextOf(first, "2.0.0"), order: "code-first" };
  if (scenario !== "way back") return nextOf(first, "2.0.0");
  await releaseAndConfirm(nextOf(first, "2.0.0"), store.processor);
  return { ...nextOf(first, "1.0.0"), hash: "sha256:back", order: "code-first" };
}

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

/** A run that nobody disturbs. */
export interface Undisturbed {
  /** Names of all instants at which the scenario's process may die, in order. */
  readonly instants: readonly string[];
  /** What it ended with. */
  readonly content: Readonly<Record<string, string>>;
}

/** Plays a scenario to its end. */
export async function undisturbed(
  entry: string,
  store: MatrixStore,
  scenario: Scenario,
): Promise<Undisturbed> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-kill-"));
  const list = join(folder, "instants");
  const spec = await prepare(store, databaseName("undisturbed", scenario), scenario);
  await play(entry, store, spec, scenario, { KILL_LIST: list });
  const instants = readFileSync(list, "utf8").trimEnd().split("\n");
  rmSync(folder, { recursive: true });
  const content = await store.contentOf(spec);
  await store.drop(spec);
  return { instants, content };
}

/** The runner's machine is gone with its folder; another one goes on. */
export async function recover(store: MatrixStore, spec: ReleaseSpec, recovery: Recovery): Promise<EngineRun> {
  rmSync(spec.dump.keep, { recursive: true, force: true });
  const elsewhere = { ...spec, dump: { keep: mkdtempSync(join(tmpdir(), "slipway-test-dump-")) } };
  if (recovery === "release") return releaseAndConfirm(elsewhere, store.processor);
  const run = new EngineRun({ do: "resume", spec: elsewhere }, store.processor);
  await run.ended;
  return run;
}

/** Example: `kill-code-first`. */
export function databaseName(prefix: string, scenario: Scenario): string {
  return `${prefix}-${scenario.replace(" ", "-")}`;
}
