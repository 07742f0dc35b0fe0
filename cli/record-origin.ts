import { GitRepository } from "../lib/evidence/git-repository";
import type { ReleaseRecordData } from "../lib/data/protocol";
import type { GatedStack } from "../lib/release/gates/gather/request";
import type { Lane } from "../lib/release/gates/lane";
import { hashOf, loadStack, parseGatedStack } from "./gated-stack";

/** What the stack file said of a release, which the database does not know: the way it took, the commits of its images. */
export interface Origin {
  readonly lane: Lane;
  readonly commits: Readonly<Record<string, string>>;
}

type Released = Pick<ReleaseRecordData, "hash" | "release">;

/** How many changes of the stack file are looked through. */
const mostCommits = 200;

/**
 * Finds the stack file that was applied, by the hash of what was released: the one that stands there, or one from git. Nothing is
 * guessed: a release whose stack file nobody kept has no origin.
 */
export async function originsOf(
  project: string,
  environment: string,
  records: readonly Released[],
): Promise<ReadonlyMap<string, Origin>> {
  const { config, file } = await loadStack(project, environment);
  const origins = new Map<string, Origin>();
  for (const record of records)
    if (isOf(project, config, record)) origins.set(record.hash, originFrom(config));
  const missing = (): boolean => records.some(({ hash }) => !origins.has(hash));
  if (!missing()) return origins;
  for await (const earlier of stacksInGit(project, file)) {
    const found = records.find((record) => !origins.has(record.hash) && isOf(project, earlier, record));
    if (found !== undefined) origins.set(found.hash, originFrom(earlier));
    if (!missing()) break;
  }
  return origins;
}

/** Images that a development stack builds have no digest in its file: there the release's version decides. */
function isOf(project: string, config: GatedStack, { hash, release }: Released): boolean {
  const built = Object.values(config.images).some(({ digest }) => digest === undefined);
  if (built) return config.release === release;
  try {
    return hashOf(project, config) === hash;
  } catch {
    // Migrations that led to its schema are no longer in the list.
    return false;
  }
}

function originFrom({ lane, images }: GatedStack): Origin {
  const commits = Object.entries(images).flatMap(([name, { commit }]) =>
    commit === undefined ? [] : [[name, commit] as const],
  );
  return { lane, commits: Object.fromEntries(commits) };
}

/** The stack file as it was, newest first; a version that was wrong then cannot have been applied. */
async function* stacksInGit(project: string, file: string): AsyncGenerator<GatedStack> {
  const repository = await GitRepository.open({ folder: project });
  if (repository.finding !== "found") return;
  const git = repository.value;
  const listed = await git.read(
    ["log", "--format=%H", `--max-count=${mostCommits}`, "--", file],
    `changes of ${file}`,
    (text) => text.split("\n").filter((line) => line !== ""),
  );
  for (const commit of listed.finding === "found" ? listed.value : []) {
    const text = await git.fileAt(commit, file);
    if (text.finding !== "found") continue;
    try {
      yield parseGatedStack(text.value, file);
    } catch {
      continue;
    }
  }
}
