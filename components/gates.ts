import * as pulumi from "@pulumi/pulumi";
import { policyOf } from "../lib/config/gates-policy";
import type { StackConfig } from "../lib/config/stack-config";
import { compiled } from "./compiled";
import { projectFolder } from "./project";
import { refused } from "./refused";

/**
 * Judges the gates of the stack, before the first resource is touched: `preview` shows them all and refuses nothing,
 * `up` refuses with everything that stops it at once (rules X2, X4).
 * @throws RunError when a gate refuses, or cannot be judged yet.
 */
export async function passGates(config: StackConfig): Promise<void> {
  const { page, refusal } = await compiled().judgeRelease(projectFolder(), config);
  if (pulumi.runtime.isDryRun()) await pulumi.log.info(page);
  else if (refusal !== undefined) throw refused(refusal);
}

/** The gates that the environment has, before the release and after it. */
export function gatesOf(config: StackConfig): readonly string[] {
  return policyOf(config).gates;
}
