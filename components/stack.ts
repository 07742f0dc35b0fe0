import * as pulumi from "@pulumi/pulumi";
import { DateTime } from "luxon";
import type { DataAnswer } from "../cli/forwarder";
import { type DigestedImage, type ReleaseInputs, releaseInputs } from "../lib/config/release-inputs";
import { releaseParts } from "../lib/config/release-parts";
import { type StackConfig, parseStackConfig } from "../lib/config/stack-config";
import { withPaths } from "../lib/config/resolved-release";
import { Refusal } from "../lib/problem";
import { deadlineOf } from "../lib/release/windows/deadline";
import { fromProgram, projectFolder } from "./project";

const prefix = "slipway:";

/**
 * The stack's config, checked as a whole; nothing else reads it.
 * @throws Refusal with every problem of the stack file at once.
 */
export function loadStack(): StackConfig {
  const stack = pulumi.getStack();
  const file = `Pulumi.${stack}.yaml`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  const config = parseStackConfig(
    Object.fromEntries(own.map(([key, text]) => [key.slice(prefix.length), parse(text)])),
    file,
  );
  if (config.environment !== stack) {
    throw new Refusal(file, [
      {
        where: "slipway:environment",
        found: `"${config.environment}"`,
        allowed: `the stack's own name, "${stack}"`,
        mend: `edit ${file}, or select the stack "${config.environment}"`,
      },
    ]);
  }
  return config;
}

/** The release that the stack file asks for, once every digest is known. */
export function planRelease(
  config: StackConfig,
  images: Readonly<Record<string, { readonly digest: pulumi.Output<string> }>>,
  { order, standing, attempts }: DataAnswer,
): pulumi.Output<ReleaseInputs> {
  const parts = releaseParts(projectFolder(), config);
  const digests = Object.entries(images).map(([name, { digest }]) =>
    digest.apply((known): DigestedImage => ({ name, digest: known })),
  );
  // A window that closes in the middle: known to the engine, and no part of the hash, so that it makes no change by itself (F19).
  const deadline = deadlineOf(config.window, config.lane.kind, DateTime.utc());
  return pulumi.all(digests).apply((known) => {
    const inputs = releaseInputs(config, known, parts);
    const attempt = inputs.hash === standing ? attempts.standing : attempts.next;
    const guardian = config.data.guardian && { attempt, readyWithin: config.data.guardian.readyWithin };
    const more = { ...(deadline !== undefined && { deadline }), ...(guardian && { guardian }) };
    return { ...withPaths(inputs, fromProgram), order, ...more };
  });
}

/** Pulumi hands objects over as JSON text, everything else as it stands in the file. */
function parse(text: string): unknown {
  return /^[[{]/.test(text) ? JSON.parse(text) : text;
}
