import type { Preset } from "./preset";

/** HCA Ingest: dev, staging, prod in their order; prod gets what is on staging, released first, then deployed. */
const everywhere = [
  "X1", // what is reviewed is what runs: digests
  "H2", // unit tests and build
  "H9", // this environment's release tag
  "H10", // namespace and cluster of this environment
  "H11", // every service has its replicas
  "H12", // the deployment's config is of the right branch
  "H14", // afterwards: the changes are live
  "H15", // environments in their order
  "H25", // every secret is there
] as const;

const guarded = [
  ...everywhere,
  "H1", // by a pull request to the right branch
  "H3", // two others approve
  "H16", // emergencies have a reason and an approver
  "H23", // pending change sets in order, with a backup
] as const;

export const hcaIngest: Preset = {
  development: everywhere,
  staging: [
    ...guarded,
    "H4", // deploy and integration passed in dev
  ],
  production: [
    ...guarded,
    "H5", // deploy and integration passed in staging; wranglers
    "H6", // the team is fine with it
    "H7", // released, then deployed
    "H8", // exactly what runs on staging
    "H20", // today's backup
    "H21", // which was restored and counted
    "H22", // the way back is written down
    "W2", // no freeze
    "W3", // the clock is right
  ],
};
