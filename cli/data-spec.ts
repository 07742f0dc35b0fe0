import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { releaseInputs, secretKeysOf, withAbsoluteFolder, withSecrets } from "../lib/config/release-inputs";
import { releaseParts } from "../lib/config/release-parts";
import { parseStackConfig } from "../lib/config/stack-config";
import { StackFile } from "../lib/config/stack-file";
import { withPaths } from "../lib/config/store-spec";
import type { ReleaseSpec } from "../lib/data/protocol";
import { Refusal } from "../lib/problem";

/**
 * The release that a stack file asks for, without Pulumi; only where secrets are Pulumi's own is its command line asked.
 * @throws Refusal with every problem of the file.
 */
export function specOf(environment: string): ReleaseSpec {
  const path = `Pulumi.${environment}.yaml`;
  const config = parseStackConfig(StackFile.parse(read(path), path).config(), path);
  const digests = Object.entries(config.images).map(([name, { digest }]) => ({ name, digest: digest ?? "" }));
  const inputs = releaseInputs(config, digests, releaseParts(process.cwd(), config));
  const secrets = Object.fromEntries(
    secretKeysOf(inputs).map((key) => [key, pulumiSecret(environment, key)]),
  );
  const known = withSecrets(inputs, secrets);
  return {
    ...known,
    store: withPaths(known.store, (path) => resolve(path)),
    operator: process.env["SLIPWAY_OPERATOR"] ?? userInfo().username,
    migrations: resolve(inputs.migrations),
    dump: withAbsoluteFolder(known.dump, (path) => resolve(path)),
  };
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
