import type { Preset } from "./preset";

/** NMDC Runtime: tests, versions, images and schema; the data engine judges the rest as it goes (rules N6 to N18). */
const everywhere = [
  "X1", // what is reviewed is what runs: digests
  "N4", // two images of one commit, never the floating tag
  "N5", // afterwards: every pod, and the API with its version and schema
  "N8", // both images can be pulled
  "N7", // code and data of one schema version
] as const;

const released = [
  ...everywhere,
  "N1", // tests of exactly this commit
  "N2", // vX.Y.Z: the next one, or one that exists
] as const;

export const nmdc: Preset = {
  development: everywhere,
  staging: [...released, "H16"],
  production: [
    ...released,
    "N3", // a summary for people
    "H16", // emergencies have a reason and an approver
    "F15", // the same images ran on staging
    "W2", // no freeze
    "W3", // the clock is right
    "W4", // soak time
  ],
};
