import type { Preset } from "./preset";

/** Atmosphere: roles, notices and a window; what users were told is judged by site (`site: cyverse` or `jetstream`). */
const everywhere = [
  "X1", // what is reviewed is what runs: digests
  "A7", // Major-Minor tags, no branch
  "A10", // variables and secrets of this environment
  "A11", // both databases are dumped first
  "A14", // what runs now is known of every component
  "A15", // no change that is in no commit
  "A16", // images are there before anything stops
  "A17", // afterwards: tested before maintenance ends
] as const;

export const atmosphere: Preset = {
  development: ["X1", "A7", "A16"],
  staging: [
    ...everywhere, // atmobeta: deployed by the same procedure
    "A6", // the release candidate
    "A8", // its changelog
  ],
  production: [
    ...everywhere,
    "A1", // crew chief and driver
    "A2", // users were told two working days before
    "A3", // the calendar (CyVerse)
    "A4", // the status page (CyVerse)
    "A5", // the tech team (Jetstream)
    "A6", // the release candidate is a week old
    "A8", // its changelog compares with the release before
    "A9", // the same images ran on beta and were tested
    "A18", // no foreign maintenance is on
    "A19", // hot-fix lane: rolls, and says why
    "F19", // what is left of the window is enough
    "H16", // emergencies have a reason and an approver
    "W1", // the window is open
    "W2", // no freeze
    "W3", // the clock is right
  ],
};
