import type * as pulumi from "@pulumi/pulumi";
import { noParts, releaseInputs } from "../lib/config/release-inputs";
import type { DataAnswer } from "../cli/forwarder";
import type { StackConfig } from "../lib/config/stack-config";
import type { RollOutOrder } from "../lib/data/protocol";
import { compiled } from "./compiled";
import { secretsOf } from "./data-migration";

/**
 * What changes first, and which release stands. The edge in the graph must be known before there is a graph, so the database is
 * asked here which way the release goes; it is only read (rule X2).
 * @throws EngineFailure when the database can't be asked.
 */
export async function askData(config: StackConfig): Promise<DataAnswer> {
  const secrets = secretsOf(releaseInputs(config, [], noParts));
  const known = await new Promise<Record<string, string>>((resolve) => {
    secrets.apply(resolve);
  });
  return compiled().askData(config, known);
}

/** One step of a release: makes its resources, all of them after these. */
export type Step = (after: readonly pulumi.Resource[]) => readonly pulumi.Resource[];

/** Data, then code, and the other way round where the code goes first; returns the resources that come last. */
export function inOrder(
  order: RollOutOrder,
  begin: pulumi.Resource,
  { data, code }: { readonly data: Step; readonly code: Step },
): pulumi.Resource[] {
  const [first, second] = order === "data-first" ? [data, code] : [code, data];
  return [...second(first([begin]))];
}
