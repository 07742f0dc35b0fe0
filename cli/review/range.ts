import { commitsOf, type GitCommit, GitTree } from "../../lib/evidence/git-tree";
import type { GitRepository } from "../../lib/evidence/git-repository";
import { Refusal } from "../../lib/problem";
import type { ReleaseDiff } from "../../lib/review/diff/release-diff";
import { given } from "./given";

/** Two commits of a repository, with all files of both. */
export interface Range {
  readonly base: GitTree;
  readonly baseIs: ReleaseDiff["base"]["is"];
  readonly head: GitTree;
  readonly behind: number;
  readonly commits: readonly GitCommit[];
}

/** Most commits that are read of one repository: who needs more, reads the forge's own page. */
export const mostCommits = 1000;

/**
 * What head brings to base: head is compared with the commit at which it left base, so that what others put on base since is
 * not shown as taken away. After a force-push the two may have no commit in common: then with base itself.
 * @param range `<base>..<head>`; commits, tags or branches.
 * @throws Refusal for a range that is none, and for a commit that is not there.
 */
export async function readRange(repository: GitRepository, range: string): Promise<Range> {
  const [base, head] = ends(range);
  const [from, to] = [
    given(await GitTree.at(repository, await known(repository, base))),
    given(await GitTree.at(repository, await known(repository, head))),
  ];
  const merged = await repository.run(["merge-base", from.commit.id, to.commit.id]);
  const common = merged.ended === "exit" && merged.code === 0 ? merged.output.trim() : undefined;
  const start = common === undefined ? from : given(await GitTree.at(repository, common));
  const count = await repository.read(
    ["rev-list", "--count", `${to.commit.id}..${from.commit.id}`],
    "commits on base",
    Number,
  );
  return {
    base: start,
    baseIs: common === undefined ? "base" : "merge base",
    head: to,
    behind: common === undefined ? 0 : given(count),
    commits: given(
      await commitsOf(repository, [`--max-count=${mostCommits}`], [`${start.commit.id}..${to.commit.id}`]),
    ),
  };
}

function ends(range: string): readonly [string, string] {
  const [, base = "", head = ""] = /^(.+?)\.\.\.?([^.].*)$/.exec(range) ?? [];
  if (base !== "" && head !== "") return [base, head];
  throw new Refusal("diff", [
    {
      where: "range",
      found: range,
      allowed: "two commits, tags or branches, as origin/main..HEAD",
      mend: "name both ends",
    },
  ]);
}

/** The commit of a name; a base that a force-push took away is said to be gone, and how to go on without it. */
async function known(repository: GitRepository, name: string): Promise<string> {
  const looked = await repository.run([
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${name}^{commit}`,
  ]);
  if (looked.ended === "exit" && looked.code === 0) return looked.output.trim();
  throw new Refusal("diff", [
    {
      where: repository.name,
      found: `no commit ${name}`,
      allowed: "a commit that is in this clone",
      mend: `git fetch --unshallow, or git fetch origin ${name}; after a force-push compare with the branch, as origin/main..HEAD`,
    },
  ]);
}
