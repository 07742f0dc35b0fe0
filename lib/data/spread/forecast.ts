import type { ExecutionSpec } from "../execution-spec";
import { blockBytes } from "../store/mongo-source";
import type { Piece } from "./work";

const mebibyte = 1024 * 1024;

/** What a spread pass is going to do, and what it asks of the database, in one sentence each. */
export function forecast(pieces: readonly Piece[], { workers, segment, resources }: ExecutionSpec): string {
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  const documents = pieces.reduce((sum, piece) => sum + piece.documents, 0);
  const pods = Math.min(workers, pieces.length + 1);
  return (
    `${documents} documents, ${mib(bytes)} MiB, in ${pieces.length} pieces of about ${segment} MiB, ` +
    `by ${pods} workers with ${resources.cpu} cores and ${resources.memory} each; ` +
    `of the database: ${pods} connections at most, one message of ${mib(blockBytes)} MiB at a time on each, written to a majority`
  );
}

function mib(bytes: number): string {
  return (bytes / mebibyte).toFixed(bytes < 10 * mebibyte ? 1 : 0);
}
