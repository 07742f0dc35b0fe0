/** What a release of PostgreSQL databases promises. */
export const promises = {
  timesBare: {
    most: 1.5,
    toward:
      "the copy is read back and compared row by row, which bare tools leave out: a server with more cores",
  },
  closedShare: {
    most: 0.25,
    toward:
      "where users write, tables that they wrote to are read whole and migrated again: sums over the changed rows alone would do",
  },
  wayBackSeconds: { most: 5 },
  /** Of our own processes, pg_dump and pg_restore among them, whatever the size. */
  peakMiB: { most: 400 },
} as const;
