import { quoted } from "../release/references/quoted";
import { contradicted, type Finding, found, unjudged } from "./finding";
import type { GitRepository } from "./git-repository";
import type { AncestryException, TagFact } from "./repository";

/**
 * F4: whether a tag's commit is on a branch. "Yes" is true in any clone; "no" only in a whole one whose branch is as new as the
 * remote's, so a shallow or stale clone is unjudged.
 */
export async function ancestry(
  repository: GitRepository,
  tag: TagFact,
  branch: string,
  exceptions: readonly AncestryException[],
): Promise<Finding<string>> {
  const { remote } = repository.place;
  const reference = remote === undefined ? `refs/heads/${branch}` : `refs/remotes/${remote}/${branch}`;
  const head = await repository.run([
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${reference}^{commit}`,
  ]);
  if (head.ended === "failed") return repository.unreadable(branch, head);
  if (head.code !== 0)
    return remote === undefined ? noBranch(repository, branch) : stale(repository, branch, remote);
  const asked = await repository.run(["merge-base", "--is-ancestor", tag.commit, reference]);
  if (asked.ended === "failed" || asked.code > 1)
    return repository.unreadable(`ancestry of ${tag.tag}`, asked);
  const where = `git merge-base --is-ancestor ${tag.commit} ${reference}`;
  if (asked.code === 0) return found(branch, repository.evidence(`${tag.tag} is on ${branch}`, where));
  const doubt = await doubtful(repository, branch, head.output.trim());
  if (doubt !== undefined) return doubt;
  return (
    excepted(repository, tag, branch, exceptions) ?? offBranch(repository, tag, branch, where, exceptions)
  );
}

/** Why "no" cannot be believed here, where that is so. */
async function doubtful(
  repository: GitRepository,
  branch: string,
  head: string,
): Promise<Finding<never> | undefined> {
  const shallow = await repository.run(["rev-parse", "--is-shallow-repository"]);
  if (shallow.ended === "failed" || shallow.output.trim() !== "false") {
    return unjudged({
      where: repository.name,
      found: "a shallow clone, which does not know all ancestors",
      allowed: "a whole clone",
      mend: `git -C ${quoted(repository.place.folder)} fetch --unshallow (in CI: fetch-depth: 0)`,
    });
  }
  const { remote } = repository.place;
  if (remote === undefined) return undefined;
  const now = await repository.run(["ls-remote", "--heads", "--", remote, `refs/heads/${branch}`]);
  const same = now.ended === "exit" && now.code === 0 && now.output.split("\t")[0] === head;
  return same ? undefined : stale(repository, branch, remote);
}

function stale(repository: GitRepository, branch: string, remote: string): Finding<never> {
  return unjudged({
    where: repository.name,
    found: `branch ${quoted(branch)} of ${remote} as it was at the last fetch, or not at all`,
    allowed: "the branch as it is now",
    mend: `git -C ${quoted(repository.place.folder)} fetch ${remote} ${branch}`,
  });
}

function noBranch(repository: GitRepository, branch: string): Finding<never> {
  const says = `no branch ${quoted(branch)}`;
  return contradicted(
    {
      where: repository.name,
      found: says,
      allowed: "the branch that releases come from",
      mend: "correct the branch in the stack file",
    },
    repository.evidence(says, `git rev-parse refs/heads/${branch}`),
  );
}

function excepted(
  repository: GitRepository,
  tag: TagFact,
  branch: string,
  exceptions: readonly AncestryException[],
): Finding<string> | undefined {
  const exception = exceptions.find((one) => one.tag === tag.tag && one.commit === tag.commit);
  if (exception === undefined) return undefined;
  const what = `${tag.tag} (${tag.commit.slice(0, 8)}) is accepted off ${branch}: ${exception.reason}`;
  return found(branch, repository.evidence(what, "recorded exception", exception), [
    `${what} (${exception.by}, ${exception.at})`,
  ]);
}

async function offBranch(
  repository: GitRepository,
  tag: TagFact,
  branch: string,
  where: string,
  exceptions: readonly AncestryException[],
): Promise<Finding<never>> {
  const listed = await repository.run([
    "for-each-ref",
    `--contains=${tag.commit}`,
    "--format=%(refname)",
    "refs/heads",
    "refs/remotes",
  ]);
  const branches = listed.ended === "exit" ? listed.output.split("\n").filter((name) => name !== "") : [];
  const names = branches
    .map((name) => name.replace(/^refs\/(?:heads|remotes\/[^/]+)\//, ""))
    .filter((name) => name !== "HEAD");
  const others = [...new Set(names)].slice(0, 10);
  const of =
    others.length === 0
      ? "on no branch at all: its history was re-written, or it was never merged"
      : `only on ${others.join(", ")}`;
  const moved = exceptions.find((one) => one.tag === tag.tag);
  const exception =
    moved === undefined
      ? ""
      : `; the recorded exception is for commit ${moved.commit.slice(0, 8)}, not for this one`;
  return contradicted(
    {
      where: repository.name,
      found: `${tag.tag} (commit ${tag.commit.slice(0, 8)}) is not on ${branch}, ${of}${exception}`,
      allowed: `a tag whose commit is on ${branch}`,
      mend: `merge the commit into ${branch}, or record an exception with a reason for an old tag`,
    },
    repository.evidence(`${tag.tag} is not on ${branch}`, where),
  );
}
