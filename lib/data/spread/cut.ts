import type { WrittenCollection } from "../dump/collection-writer";
import type { Piece, Stretch, Unit } from "./work";

/** A worker's share of the work is at most about this large, so that little is done again when it dies. */
const shareBytes = 1024 * 1024 * 1024;

/** The coordinator holds a report of each piece: of so many at most, however large the data are. */
const mostPieces = 4000;

/** How large a piece is, in bytes. @param segment as the operator wants it, in MiB. @param total bytes of all data. */
export function pieceBytes(segment: number, total: number): number {
  return Math.max(segment * 1024 * 1024, Math.ceil(total / mostPieces));
}

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
  if ("bytes" in unit) return unit.bytes;
  return piecesOfUnit(unit).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Documents that a unit is about, for people. */
export function documentsOf(unit: Unit): number {
  if ("documents" in unit) return unit.documents;
  // What the frame reads is counted by the units of those pieces.
  return unit.do === "frame" ? 0 : unit.piece.documents;
}

function piecesOfUnit(unit: Exclude<Unit, Stretch & object>): readonly Piece[] {
  return unit.do === "frame" ? unit.reads : [unit.piece];
}
