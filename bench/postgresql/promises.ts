/** What a release of PostgreSQL databases promises. */
export const promises = {
  timesBare: {
    most: 1.5,
    toward:
      "the copy is read back and compared by hash, copied, migrated and read again, which bare tools leave out: a server with more cores",
  },
  closedShare: {
    most: 0.25,
    toward:
      "where users write, the steps are run once more on a copy that has what they wrote, and tables that a step writes to are read again",
  },
  wayBackSeconds: { most: 5 },
  /** Of our own processes, pg_dump and pg_restore among them, whatever the size. */
  peakMiB: { most: 400 },
} as const;
