/** By what the server deletes documents as they expire, and when it did so before the release. */
export interface ExpiringIndex {
  readonly collection: string;
  /** The index's name; none where a clustered collection expires by its own key. */
  readonly index?: string;
  /** Seconds after the indexed date. */
  readonly seconds: number;
}

/** What is on record before anything is paused. */
export interface PausedExpiry {
  /** As it was, by the names that the collections have before the swap. */
  readonly indexes: readonly ExpiringIndex[];
  /** What differs from that once the swap is done: collections that were renamed, originals that came back. */
  readonly returning: readonly ExpiringIndex[];
}

/** The indexes by name, the first list's where both have one. */
export function either(
  first: readonly ExpiringIndex[],
  second: readonly ExpiringIndex[],
): readonly ExpiringIndex[] {
  return [...first, ...second.filter((index) => !first.some((other) => same(index, other)))];
}

/** Whether two are about the same index. */
export function same(one: ExpiringIndex, other: ExpiringIndex): boolean {
  return one.collection === other.collection && one.index === other.index;
}
