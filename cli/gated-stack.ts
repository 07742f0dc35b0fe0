import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { policyOf } from "../lib/config/gates-policy";
import { releaseInputs } from "../lib/config/release-inputs";
import { releaseParts } from "../lib/config/release-parts";
import { parseStackConfig } from "../lib/config/stack-config";
import { StackFile } from "../lib/config/stack-file";
import { Refusal } from "../lib/problem";
import type { GatedStack } from "../lib/release/gates/gather/request";
import type { Policy } from "../lib/release/gates/policy";

/** A stack file with its gates, as the commands read it. */
export interface LoadedStack {
  /** Example: `Pulumi.prod.yaml`. */
  readonly file: string;
  readonly text: string;
  readonly config: GatedStack;
  readonly policy: Policy;
}

/** The stack file of an environment. @throws Refusal when there is none, or with every problem in it at once. */
export async function loadStack(project: string, environment: string): Promise<LoadedStack> {
  const file = `Pulumi.${environment}.yaml`;
  let text: string;
  try {
    text = await readFile(join(project, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Refusal(file, [
      {
        where: file,
        found: "no such file",
        allowed: "an environment's stack file",
        mend: "name an environment that has one, in its project's folder",
      },
    ]);
  }
  const config = parseGatedStack(text, file);
  return { file, text, config, policy: policyOf(config) };
}

/** @throws Refusal with every problem of the stack file at once. */
export function parseGatedStack(text: string, file: string): GatedStack {
  return parseStackConfig(StackFile.parse(text, file).config(), file);
}

/** The hash of what the stack file would release: what approvals are bound to. */
export function hashOf(project: string, config: GatedStack): string {
  const digests = Object.entries(config.images).map(([name, { digest }]) => ({ name, digest: digest ?? "" }));
  return releaseInputs(config, digests, releaseParts(project, config)).hash;
}
