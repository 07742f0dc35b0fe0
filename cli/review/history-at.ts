import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { commitsOf, type GitCommit, type GitTree } from "../../lib/evidence/git-tree";
import type { GitRepository } from "../../lib/evidence/git-repository";
import {
  type EnvironmentHistory,
  type History,
  newestFirst,
  type Wanted,
} from "../../lib/review/history/history";
import {
  isKept,
  type KeptRelease,
  keptRelease,
  type UnreadableRecord,
} from "../../lib/review/history/kept-release";
import { given } from "./given";
import { type StackAt, stacksAt } from "./stack-at";

/** `releases/<environment>/<record>.json`, and nothing deeper: what lies there are other things. */
const recordFile = /^releases\/[^/]+\/[^/]+\.json$/;

/**
 * Everything that a commit knows of its environments.
 * @param folder the working tree whose records count too, for whoever has not committed them yet; none for what must be the same everywhere.
 */
export async function historyAt(repository: GitRepository, tree: GitTree, folder?: string): Promise<History> {
  const paths = tree.paths.filter((path) => recordFile.test(path));
  const texts = new Map(given(await tree.read(paths)));
  if (folder !== undefined) for (const [path, text] of await recordsIn(folder)) texts.set(path, text);
  const read = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => keptRelease(path, text));
  const stacks = await stacksAt(tree);
  const kept = read.filter(isKept);
  const names = new Set([...stacks.keys(), ...kept.map(({ record }) => record.environment)]);
  const environments = await Promise.all(
    [...names].sort().map((name) => environment(repository, tree, name, stacks.get(name), kept)),
  );
  const unreadable = read.filter((one): one is UnreadableRecord => !isKept(one));
  return { commit: tree.commit, environments, unreadable };
}

async function environment(
  repository: GitRepository,
  tree: GitTree,
  name: string,
  stack: StackAt | undefined,
  kept: readonly KeptRelease[],
): Promise<EnvironmentHistory> {
  const file = `Pulumi.${name}.yaml`;
  const releases = kept.filter(({ record }) => record.environment === name).sort(newestFirst);
  const wanted = stack?.state === "right" ? await wantedBy(repository, tree, file, stack) : undefined;
  return {
    name,
    file,
    system: wanted?.config.system ?? releases[0]?.record.system ?? "unnamed",
    wanted,
    problems: stack?.state === "broken" ? stack.problems : [],
    releases,
  };
}

async function wantedBy(
  repository: GitRepository,
  tree: GitTree,
  file: string,
  { config, hash }: Extract<StackAt, { state: "right" }>,
): Promise<Wanted> {
  const changed: readonly GitCommit[] = given(
    await commitsOf(repository, ["--max-count=1"], [tree.commit.id], [file]),
  );
  return { config, hash, changed: changed[0] };
}

async function recordsIn(folder: string): Promise<readonly (readonly [string, string])[]> {
  const releases = join(folder, "releases");
  const files = await entries(releases);
  const read = files
    .map((file) => `releases/${file.replaceAll("\\", "/")}`)
    .filter((path) => recordFile.test(path))
    .map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const);
  return Promise.all(read);
}

async function entries(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
