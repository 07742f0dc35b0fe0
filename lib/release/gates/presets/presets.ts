import { atmosphere } from "./atmosphere";
import { fragalysis } from "./fragalysis";
import { hcaIngest } from "./hca-ingest";
import { nmdc } from "./nmdc";
import type { Preset } from "./preset";

export const presetNames = ["none", "nmdc", "fragalysis", "atmosphere", "hca-ingest"] as const;
export type PresetName = (typeof presetNames)[number];

/** `none` keeps what holds for every system: pins by digest. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  none: { development: ["X1"], staging: ["X1"], production: ["X1"] },
  nmdc,
  fragalysis,
  atmosphere,
  "hca-ingest": hcaIngest,
};
