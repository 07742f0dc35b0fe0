import type { GitRepository } from "../../lib/evidence/git-repository";
import type { EnvironmentDiff, ReleaseDiff } from "../../lib/review/diff/release-diff";
import { type EnvironmentHistory, running } from "../../lib/review/history/history";
import { type DiffContext, changedEnvironment } from "./environment-diff";
import { given } from "./given";
import { historyAt } from "./history-at";
import type { PartFiles } from "./part-files";
import { readRange } from "./range";
import { environmentOf, stacksAt } from "./stack-at";

export interface DiffOptions {
  /** The project's folder: its repository, its records that are not committed yet, clones beside it. */
  readonly project: string;
  readonly files: PartFiles;
  /** Whether repositories that are not on this machine are cloned. */
  readonly fetch: boolean;
  /** When it is asked, ISO 8601: gates that look at the clock are judged for this moment. */
  readonly now: string;
}

/**
 * What the commits of a range change, per environment that they touch. Everything but `files` and `fetch` is git's.
 * @throws Refusal where the range names no commits.
 */
export async function diffAt(
  repository: GitRepository,
  range: string,
  options: DiffOptions,
): Promise<ReleaseDiff> {
  const { base, baseIs, head, behind, commits } = await readRange(repository, range);
  const changed = given(await repository.changedFiles(base.commit.id, head.commit.id));
  const [before, after] = [await stacksAt(base), await stacksAt(head)];
  const history = await historyAt(repository, head, options.project);
  const context: DiffContext = { options, before, after, history };
  const touched = changed.filter((path) => environmentOf(path) !== undefined);
  const environments = await Promise.all(
    touched.sort(inOrder(history.environments)).map((file) => environmentDiff(context, file)),
  );
  const program = changed.filter((path) => isProgram(path));
  return {
    format: 1,
    head: head.commit,
    base: { ...base.commit, is: baseIs },
    behind,
    environments: environments.flatMap((one) => one ?? []),
    program,
    otherFiles: changed.length - program.length - touched.length,
    commits,
  };
}

/** Of one changed stack file; undefined for another program's. */
async function environmentDiff(context: DiffContext, file: string): Promise<EnvironmentDiff | undefined> {
  const environment = environmentOf(file) ?? "";
  const now = context.after.get(environment);
  if (now?.state === "right") return changedEnvironment(context, environment, now);
  if (now?.state === "broken") return { kind: "broken", environment, file, problems: now.problems };
  if (!context.before.has(environment)) return undefined;
  const last = context.history.environments.find(({ name }) => name === environment);
  return { kind: "removed", environment, file, running: last && running(last)?.record.release };
}

/** What every `pulumi up` runs. */
function isProgram(path: string): boolean {
  return /^(index\.ts|Pulumi\.yaml|package(-lock)?\.json)$|^(components|lib|cli|migrations)\//.test(path);
}

const grades = ["production", "staging", "development"];

/** Production first: it is what a reviewer is asked about. */
function inOrder(environments: readonly EnvironmentHistory[]): (a: string, b: string) => number {
  const rank = (file: string): number => {
    const grade = environments.find((one) => one.file === file)?.wanted?.config.grade;
    return grade === undefined ? -1 : grades.indexOf(grade);
  };
  return (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1);
}
