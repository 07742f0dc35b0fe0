import { OciRegistry } from "../lib/evidence/oci-registry";
import { GitRepository } from "../lib/evidence/git-repository";
import type { Facts } from "../lib/release/gates/facts";
import { gather } from "../lib/release/gates/gather/gather";
import { hashOf, type LoadedStack, operator, parseGatedStack } from "./gated-stack";

/** What a command was told besides the environment. */
export interface GatherOptions {
  readonly pullRequest?: number | undefined;
}

/** Facts about a stack, as of now; nothing is changed anywhere. */
export async function factsFor(
  project: string,
  stack: LoadedStack,
  { pullRequest }: GatherOptions,
): Promise<Facts> {
  const { config, policy, file } = stack;
  const hashes = await reviewedHashes(project, file);
  return gather(
    {
      config,
      policy,
      project,
      hash: hashOf(project, config),
      hashAt: (commit) => hashes.get(commit),
      pullRequest,
      operator: operator(process.env),
      now: new Date().toISOString(),
      variables: process.env,
    },
    new OciRegistry(),
  );
}

/** How many commits back a review may be: older ones are of another release. */
const mostCommits = 50;

/**
 * What would be released from each of the last commits of this branch. A commit since which a migration changed is left out: its
 * release cannot be known from the working tree, so an approval of it counts for nothing.
 */
async function reviewedHashes(project: string, file: string): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  const repository = await GitRepository.open({ folder: project });
  if (repository.finding !== "found") return hashes;
  const git = repository.value;
  const head = await git.commit("HEAD");
  if (head.finding !== "found") return hashes;
  const commits = await git.read(["rev-list", `--max-count=${mostCommits}`, head.value], "commits", (text) =>
    text.split("\n").filter((line) => line !== ""),
  );
  for (const commit of commits.finding === "found" ? commits.value : []) {
    const hash = await hashFrom(git, project, file, commit, head.value);
    if (hash !== undefined) hashes.set(commit, hash);
  }
  return hashes;
}

async function hashFrom(
  git: GitRepository,
  project: string,
  file: string,
  commit: string,
  head: string,
): Promise<string | undefined> {
  const text = await git.fileAt(commit, file);
  if (text.finding !== "found") return undefined;
  try {
    const config = parseGatedStack(text.value, file);
    const changed = await git.changedFiles(commit, head);
    if (
      changed.finding !== "found" ||
      changed.value.some((path) => path.startsWith(`${config.data.migrations}/`))
    )
      return undefined;
    return hashOf(project, config);
  } catch {
    // A stack file that was wrong then cannot have been approved as what would be released now.
    return undefined;
  }
}
