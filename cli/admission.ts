import type { StackConfig } from "../lib/config/stack-config";
import { policyOf } from "../lib/config/gates-policy";
import { checkPage } from "./check-page";
import { admitLoaded } from "./gathered";

/** What the program is told of its gates: the page that `slipway check` prints, and what stops the release, if anything does. */
export interface JudgedRelease {
  readonly page: string;
  readonly refusal: string | undefined;
}

/** Judges the gates of a stack at the moment of applying; reads only (rule X2). */
export async function judgeRelease(project: string, config: StackConfig): Promise<JudgedRelease> {
  const file = `Pulumi.${config.environment}.yaml`;
  const { facts, report, refusal } = await admitLoaded(project, { config, policy: policyOf(config), file });
  return { page: checkPage(report, facts), refusal: refusal?.message };
}
