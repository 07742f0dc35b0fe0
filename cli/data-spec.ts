import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { releaseInputs } from "../lib/config/release-inputs";
import { releaseParts } from "../lib/config/release-parts";
import { parseStackConfig } from "../lib/config/stack-config";
import { secretKeysOf } from "../lib/config/resolved-release";
import { StackFile } from "../lib/config/stack-file";
import type { ReleaseSpec } from "../lib/data/protocol";
import { Refusal } from "../lib/problem";
import { releaseSpec } from "./release-spec";

/**
 * The release that a stack file asks for, without Pulumi; only where secrets are Pulumi's own is its command line asked.
 * @throws Refusal with every problem of the file.
 */
export function specOf(environment: string): ReleaseSpec {
  const path = `Pulumi.${environment}.yaml`;
  const config = parseStackConfig(StackFile.parse(read(path), path).config(), path);
  const digests = Object.entries(config.images).map(([name, { digest }]) => ({ name, digest: digest ?? "" }));
  const release = releaseInputs(config, digests, releaseParts(process.cwd(), config));
  const secrets = Object.fromEntries(
    secretKeysOf(release).map((key) => [key, pulumiSecret(environment, key)]),
  );
  return releaseSpec({ release, secrets });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Refusal("stack file", [
      {
        where: path,
        found: "no such file",
        allowed: "a stack file in the folder that the command runs in",
        mend: "run it beside Pulumi.yaml, with the environment's name",
      },
    ]);
  }
}

function pulumiSecret(environment: string, key: string): string {
  try {
    const args = ["config", "get", `slipway:${key}`, "--stack", environment];
    return execFileSync("pulumi", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trimEnd();
  } catch {
    throw new Refusal("secrets", [
      {
        where: `slipway:${key}`,
        found: "a secret that pulumi does not hand out here",
        allowed: "a machine with the Pulumi CLI, its backend and the stack's passphrase",
        mend: `try: pulumi config get slipway:${key} --stack ${environment}`,
      },
    ]);
  }
}
