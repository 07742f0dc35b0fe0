import type { Grade } from "../lib/release/versions/environment-fit";

/** How a platform team configures each policy: which stacks are not production. A stack that nobody names is. */
export interface Environments {
  /** Stacks that may run images by tag. Default: dev. */
  readonly development?: readonly string[];
  /** Stacks that run digests, and may have data that is not protected. Default: staging. */
  readonly staging?: readonly string[];
}

/** The same as JSON Schema, for `pulumi policy enable --config`. */
export const environmentsSchema = {
  properties: {
    development: {
      type: "array" as const,
      items: { type: "string" as const },
      default: ["dev"],
      description: "Stacks that may run images by tag.",
    },
    staging: {
      type: "array" as const,
      items: { type: "string" as const },
      default: ["staging"],
      description: "Stacks that run digests, and may have data that is not protected.",
    },
  },
};

/**
 * How strictly a resource's stack is judged. Its own config is not asked: a stack that calls itself a development stack is one
 * only where the platform team says so too.
 * @param urn tells the stack: `urn:pulumi:<stack>::<project>::…`.
 */
export function gradeOf(urn: string, { development = ["dev"], staging = ["staging"] }: Environments): Grade {
  const stack = urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
  if (development.includes(stack)) return "development";
  return staging.includes(stack) ? "staging" : "production";
}
