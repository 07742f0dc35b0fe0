/** What the engine promises at 100,000 documents, what it wants to reach next, and what would reach that. */
export const promises = {
  timesNmdc: {
    least: 10,
    goal: 14,
    toward:
      "two thirds of the release is the processors' work on both sides: more cores, or a server elsewhere",
  },
  timesBare: {
    most: 3.5,
    goal: 2.2,
    toward:
      "bare tools neither decode nor judge nor read back; a third core would carry a second validating thread",
  },
  closedShare: {
    most: 0.3,
    goal: 0.15,
    toward:
      "most of it is the raw scan of all data; a server with change streams could name what changed instead",
  },
  peakMiB: {
    most: 400,
    goal: 256,
    toward:
      "Node and its driver take 130, the compiled schemas 60, the migrator's Python 60: a smaller schema",
  },
  growth: { most: 4.4 },
  validatorMs: { most: 150 },
} as const;
