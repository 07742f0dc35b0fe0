/** What the engine promises at 100,000 documents, what it wants to reach next, and what would reach that. */
export const promises = {
  timesNmdc: {
    least: 10,
    goal: 14,
    toward:
      "both cores are busy for most of it: a third for a second validating thread, or a server on another machine",
  },
  timesBare: {
    most: 3.5,
    goal: 2.2,
    toward:
      "bare tools neither decode, judge nor read back; judging is a core's work: a third core, or a server elsewhere",
  },
  closedShare: {
    most: 0.3,
    goal: 0.15,
    toward:
      "most of it is the raw scan of all data, as fast as the server gives it: a server with cores of its own",
  },
  peakMiB: {
    most: 400,
    goal: 256,
    toward:
      "a validating thread takes 65, the migrator's Python 45, the rest is Node's: smaller blocks and replies",
  },
  growth: { most: 4.4 },
  validatorMs: { most: 150 },
} as const;
