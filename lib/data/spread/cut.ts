import type { WrittenCollection } from "../dump/collection-writer";
import type { Piece, Unit } from "./work";

/** A worker's share of the work is at most about this large, so that little is done again when it dies. */
const shareBytes = 1024 * 1024 * 1024;

/** The pieces of a dump, in the order of its collections. @param folder of the dump's files in the record's storage. */
export function piecesOf(written: ReadonlyMap<string, WrittenCollection>, folder: string): readonly Piece[] {
  return [...written].flatMap(([collection, { file, segments }]) =>
    segments.map((segment) => ({ collection, file: `${folder}/${file}`, ...segment })),
  );
}

/**
 * Shares units among the indexes of a Job: the largest first, each to whoever has least; one index per worker, or more where
 * a share would be too large to be done again.
 * @returns no empty share; the same for the same units.
 */
export function sharesOf(units: readonly Unit[], workers: number): readonly (readonly Unit[])[] {
  const total = units.reduce((sum, unit) => sum + weight(unit), 0);
  const wanted = Math.max(workers, Math.ceil(total / shareBytes));
  const shares = Array.from({ length: Math.min(wanted, units.length) }, () => ({
    bytes: 0,
    units: [] as Unit[],
  }));
  const heaviestFirst = [...units].sort((a, b) => weight(b) - weight(a) || (a.id < b.id ? -1 : 1));
  for (const unit of heaviestFirst) {
    const least = shares.reduce((one, other) =>
      other.bytes < one.bytes || (other.bytes === one.bytes && other.units.length < one.units.length)
        ? other
        : one,
    );
    least.units.push(unit);
    least.bytes += weight(unit);
  }
  return shares.map((share) => share.units);
}

/** Bytes that a unit reads. */
export function weight(unit: Unit): number {
  const pieces = unit.do === "frame" ? unit.reads : [unit.piece];
  return pieces.reduce((sum, { bytes }) => sum + bytes, 0);
}
