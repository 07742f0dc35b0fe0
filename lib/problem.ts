/** One thing that is wrong, said so that it can be mended (rule X4). */
export interface Problem {
  /** Where it was found: a config key, a file, a collection, an image. Example: `slipway:images.fastapi.digest`. */
  readonly where: string;
  /** What was found there. Never a secret (rule X5). */
  readonly found: string;
  /** What is allowed there. */
  readonly allowed: string;
  /** The file to edit or the command to run. */
  readonly mend: string;
}

/** Stops a release: carries every problem at once, never only the first (rule X4). */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    /** Who refuses, in a few words. Example: `Pulumi.dev.yaml`. */
    readonly subject: string,
    readonly problems: readonly Problem[],
  ) {
    super(
      `${subject}: ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}\n${problems.map(line).join("\n")}`,
    );
  }
}

/** What a refusal says, thing by thing. @throws whatever is no refusal. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (!(error instanceof Refusal)) throw error;
  return error.problems;
}

function line(problem: Problem): string {
  return `  - ${problem.where}: found ${problem.found}; allowed: ${problem.allowed}. Mend: ${problem.mend}`;
}
