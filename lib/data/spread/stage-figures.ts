import type { Entry } from "../journal/entry";
import { stepName } from "../journal/record-state";
import { weight } from "./cut";
import type { Unit, UnitResult } from "./work";

/** What workers do on documents, by the Job that does it. */
export type StageName = "dump" | "dump-migrate" | "migrate" | "load" | "read-back" | "compare";

/** What one stage took, as it was measured. */
export interface StageFigures {
  readonly stage: StageName;
  /** From the first question to the cluster to the last result. */
  readonly seconds: number;
  readonly workers: number;
  readonly units: number;
  readonly bytes: number;
  /** Seconds of all units together, each as its worker measured it. */
  readonly worked: number;
}

/** @param seconds that the stage took. @param workers that were at work at the same time. */
export function figuresOf(
  stage: StageName,
  { seconds, workers }: Pick<StageFigures, "seconds" | "workers">,
  units: readonly Unit[],
  results: ReadonlyMap<string, UnitResult>,
): StageFigures {
  // What the frame reads is counted by the units of those pieces.
  const bytes = units.reduce((sum, unit) => sum + (unit.do === "frame" ? 0 : weight(unit)), 0);
  const worked = [...results.values()].reduce((sum, result) => sum + result.seconds, 0);
  return { stage, seconds, workers, units: units.length, bytes, worked };
}

/** What a stage took when it was last done by workers, as a record's entries have it. */
export function measuredStage(entries: readonly Entry[], stage: StageName): StageFigures | undefined {
  const passes = entries.filter(({ kind, step }) => kind === "done" && step === stepName.stage);
  return passes
    .flatMap(
      ({ detail }) => (detail as unknown as { readonly spread?: readonly StageFigures[] }).spread ?? [],
    )
    .findLast((figures) => figures.stage === stage);
}

/** Seconds that a stage takes when workers are as fast, and begin as late, as they did before. */
export function expectedSeconds(
  { seconds, workers, bytes, worked }: StageFigures,
  now: { readonly workers: number; readonly bytes: number },
): number {
  const untilWork = Math.max(0, seconds - worked / workers);
  return untilWork + (worked * now.bytes) / Math.max(1, bytes) / now.workers;
}
