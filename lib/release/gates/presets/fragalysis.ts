import type { Preset } from "./preset";

/** Fragalysis: backend, frontend and stack, three tags; staging follows `latest`, production never. */
const everywhere = [
  "X1", // what is reviewed is what runs: digests
  "F5", // every image is in the registry
  "F11", // not both triggers
  "F14", // namespace of this environment
  "N5", // afterwards: what runs is what was released
] as const;

export const fragalysis: Preset = {
  development: [
    ...everywhere,
    "F6", // branches are shown as moving
  ],
  staging: [
    ...everywhere,
    "F3", // tags that may go here
    "F6", // branches are shown as moving
    "F12", // moving image tags are shown
    "F16", // tried on a fresh copy of production
    "F25", // known vulnerabilities on record
  ],
  production: [
    ...everywhere,
    "F1", // three tags exist
    "F2", // YEAR.MONTH.ITERATION
    "F3", // three numeric parts
    "F4", // backend and frontend on their production branches
    "F6", // tags, no branches
    "F7", // the stack's workflow names the same parts
    "F8", // at least one part changes
    "F9", // CI of each, one after the other
    "F10", // the image says what it was built from
    "F12", // no moving tag
    "F13", // the stack's tag is on master
    "F15", // the same commit ran on staging
    "F17", // the ticket
    "F18", // the release's page
    "F19", // 45 minutes
    "F20", // hot-fix lane: repairs what runs
    "F24", // a backup of the last hour
    "F25", // known vulnerabilities on record
    "H16", // emergencies have a reason and an approver
    "W2", // no freeze
    "W3", // the clock is right
  ],
};
