import type { ExecutionSpec } from "../execution-spec";
import { blockBytes } from "../store/mongo-source";
import { expectedSeconds, type StageFigures } from "./stage-figures";
import type { Piece } from "./work";

const mebibyte = 1024 * 1024;

/**
 * What a spread pass is going to do, how long it will take, and what it asks of the database.
 * @param before what the same stage took last time, where there was one.
 */
export function forecast(
  pieces: readonly Piece[],
  { workers, resources }: ExecutionSpec,
  before?: StageFigures,
): string {
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  const documents = pieces.reduce((sum, piece) => sum + piece.documents, 0);
  const pods = Math.min(workers, pieces.length + 1);
  return (
    `${documents} documents, ${mib(bytes)} MiB, in ${pieces.length} pieces, ` +
    `by ${pods} workers with ${resources.cpu} cores and ${resources.memory} each; ` +
    `of the database: ${pods} connections at most, one message of ${mib(blockBytes)} MiB at a time on each, written to a majority; ` +
    (before
      ? `to migrate and judge: about ${Math.ceil(expectedSeconds(before, { workers: pods, bytes }))} s, as fast as last time`
      : "how long it takes is told when the first piece is done")
  );
}

function mib(bytes: number): string {
  return (bytes / mebibyte).toFixed(bytes < 10 * mebibyte ? 1 : 0);
}
