import type { Grade } from "./versions/environment-fit";

/** Which changes of the release repository release an environment; the same in every forge's pipelines and in Pulumi Deployments. */
export interface Trigger {
  readonly environment: string;
  /** The branch that is released from. */
  readonly branch: string;
  /** Paths from the repository's root: `**` is any number of folders. One changed file that fits is enough. */
  readonly paths: readonly string[];
}

/** What decides, besides its stack file, what a development environment runs: it follows every merge. */
const program = [
  "index.ts",
  "components/**",
  "lib/**",
  "cli/**",
  "migrations/**",
  "package-lock.json",
  "Pulumi.yaml",
];

/**
 * The trigger of an environment. Staging and production are released by a change of their stack file and by nothing else (rule
 * X1): a reviewer of any other change releases nothing. No path of the records is in it, so that committing one starts nothing.
 */
export function triggerOf({
  environment,
  grade,
}: {
  readonly environment: string;
  readonly grade: Grade;
}): Trigger {
  const own = `Pulumi.${environment}.yaml`;
  return { environment, branch: "main", paths: grade === "development" ? [...program, own] : [own] };
}
