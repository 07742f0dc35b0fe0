import { OciRegistry } from "../lib/evidence/oci-registry";
import { GitRepository } from "../lib/evidence/git-repository";
import type { Facts } from "../lib/release/gates/facts";
import { admit, type Admission, asksNobody } from "../lib/release/gates/gather/admit";
import type { GatherRequest } from "../lib/release/gates/gather/request";
import { hashOf, loadStack, type LoadedStack, parseGatedStack } from "./gated-stack";
import { operator } from "./operator";

/** What a command was told besides the environment. */
export interface GatherOptions {
  readonly pullRequest?: number | undefined;
  /** Hash of what is applied, where the stack builds its own images; else it is computed from the pins. */
  readonly hash?: string | undefined;
}

/** Facts about a stack, as of now; nothing is changed anywhere. */
export async function factsFor(project: string, stack: LoadedStack, options: GatherOptions): Promise<Facts> {
  const { gather } = await import("../lib/release/gates/gather/gather");
  return gather(await requestFor(project, stack, options), new OciRegistry());
}

/**
 * Judges a stack's release at the moment of applying, for whoever applies: `up` throws the refusal before the first resource is
 * touched, `preview` shows the report.
 */
export async function admitStack(
  project: string,
  environment: string,
  options: GatherOptions,
): Promise<Admission> {
  return admitLoaded(project, await loadStack(project, environment), options);
}

/** The same for a stack whose config is at hand, as it is in the program. */
export async function admitLoaded(
  project: string,
  stack: Pick<LoadedStack, "config" | "policy" | "file">,
  options: GatherOptions = {},
): Promise<Admission> {
  return admit(await requestFor(project, stack, options), new OciRegistry());
}

async function requestFor(
  project: string,
  { config, policy, file }: Pick<LoadedStack, "config" | "policy" | "file">,
  { pullRequest, hash }: GatherOptions,
): Promise<GatherRequest> {
  const hashes = asksNobody(policy) ? new Map<string, string>() : await reviewedHashes(project, file);
  return {
    config,
    policy,
    project,
    hash: hash ?? hashOf(project, config),
    hashAt: (commit) => hashes.get(commit),
    pullRequest,
    operator: operator(process.env),
    now: new Date().toISOString(),
    variables: process.env,
  };
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
  const head = await git.read(["rev-parse", "HEAD"], "HEAD", (text) => text.trim());
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
