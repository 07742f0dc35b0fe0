import type { ExecutionSpec } from "../execution-spec";
import { blockBytes } from "../store/mongo-source";
import { documentsOf, weight } from "./cut";
import { expectedSeconds, type StageFigures } from "./stage-figures";
import type { Unit } from "./work";

const mebibyte = 1024 * 1024;

/**
 * What a spread pass is going to do, how long it will take, and what it asks of the database.
 * @param before what the same stage took last time, where there was one.
 */
export function forecast(
  units: readonly Unit[],
  { workers, resources }: ExecutionSpec,
  before?: StageFigures,
): string {
  const bytes = units.reduce((sum, unit) => sum + weight(unit), 0);
  const documents = units.reduce((sum, unit) => sum + documentsOf(unit), 0);
  const pods = Math.min(workers, units.length + 1);
  return (
    `${documents} documents, ${mib(bytes)} MiB, in ${units.length} pieces, ` +
    `by ${pods} workers with ${resources.cpu} cores and ${resources.memory} each; ` +
    `of the database: ${pods} connections at most, one message of ${mib(blockBytes)} MiB at a time on each, written to a majority; ` +
    (before
      ? `to ${before.stage === "migrate" ? "" : "dump, "}migrate and judge: about ${Math.ceil(expectedSeconds(before, { workers: pods, bytes }))} s, as fast as last time`
      : "how long it takes is told when the first piece is done")
  );
}

function mib(bytes: number): string {
  return (bytes / mebibyte).toFixed(bytes < 10 * mebibyte ? 1 : 0);
}
