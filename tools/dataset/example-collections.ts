import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Example = Record<string, Json>;

/** Share of each collection in a generated set; chosen so that at 400,000 documents none is over 40 MB. */
const shares: Readonly<Record<string, number>> = {
  material_processing_set: 0.17,
  data_object_set: 0.18,
  workflow_execution_set: 0.11,
  data_generation_set: 0.11,
  biosample_set: 0.075,
  study_set: 0.05,
  processed_sample_set: 0.06,
  configuration_set: 0.05,
  organism_sample_set: 0.05,
  functional_annotation_set: 0.03,
  functional_annotation_agg: 0.03,
  calibration_set: 0.02,
  organism_set: 0.02,
  collecting_biosamples_from_site_set: 0.015,
  field_research_site_set: 0.01,
  instrument_set: 0.01,
  manifest_set: 0.01,
};

const idPattern = /^nmdc:([a-z]+)-([0-9][a-z]{0,6}[0-9])-[A-Za-z0-9]+(\.[1-9][0-9]*)?$/;

export interface IdShape {
  readonly kind: string;
  readonly shoulder: string;
  readonly version: string;
}

/** The parts of an NMDC id; undefined for any other text. Example: `nmdc:wfmgas-11-abc.1`. */
export function idShape(text: string): IdShape | undefined {
  const found = idPattern.exec(text);
  return found ? { kind: found[1] ?? "", shoulder: found[2] ?? "", version: found[3] ?? "" } : undefined;
}

/** The examples of one collection, and how many documents a set of a given size has of them. */
export interface ExampleCollection {
  readonly name: string;
  readonly examples: readonly Example[];
  readonly share: number;
}

export function readExamples(): readonly ExampleCollection[] {
  const file = join(packageRoot(), "tools", "dataset", "nmdc-11.23.0.json");
  const content = JSON.parse(readFileSync(file, "utf8")) as Record<string, Example[]>;
  return Object.entries(content)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, examples]) => ({ name, examples, share: shares[name] ?? 0 }));
}
