import { quoted } from "../release/references/quoted";
import { andThen, contradicted, type Finding, found, unjudged } from "./finding";
import type { GitRepository } from "./git-repository";
import type { TagFact } from "./repository";

const fields = [
  "refname",
  "objecttype",
  "taggername",
  "taggerdate:iso-strict",
  "committername",
  "committerdate:iso-strict",
];
const format = fields.map((field) => `%(${field})`).join("%00");

/**
 * A tag's commit. A moved tag is one that stands for another commit at the remote than here; a remote that cannot be asked leaves
 * that open, so the finding is unjudged and never a pass.
 */
export async function tagOf(repository: GitRepository, tag: string): Promise<Finding<TagFact>> {
  const here = await localTag(repository, tag);
  if (here.finding === "unjudged" || repository.place.remote === undefined) return here;
  const there = await remoteCommit(repository, repository.place.remote, tag);
  if (there.finding !== "found")
    return here.finding === "found" || there.finding === "unjudged" ? there : here;
  if (here.finding === "contradicted") {
    return unjudged({
      where: repository.name,
      found: `tag ${quoted(tag)} at the remote, not in this clone`,
      allowed: "a clone with the remote's tags",
      mend: `git -C ${quoted(repository.place.folder)} fetch --tags`,
    });
  }
  if (here.value.commit === there.value) return here;
  return contradicted(
    {
      where: repository.name,
      found: `tag ${quoted(tag)} moved: ${here.value.commit.slice(0, 8)} here, ${there.value.slice(0, 8)} at the remote`,
      allowed: "a tag that stays where it was set",
      mend: "find out who moved it; release under a new tag",
    },
    there.evidence,
  );
}

async function localTag(repository: GitRepository, tag: string): Promise<Finding<TagFact>> {
  const reference = `refs/tags/${tag}`;
  const listed = await repository.read(
    ["for-each-ref", `--format=${format}`, reference],
    `tag ${tag}`,
    (text) =>
      text
        .split("\n")
        .map((line) => line.split("\0"))
        .find(([name]) => name === reference),
  );
  if (listed.finding !== "found") return listed;
  const missing = (says: string): Finding<never> =>
    contradicted(
      {
        where: repository.name,
        found: says,
        allowed: "a tag that exists and stands for a commit",
        mend: "correct the tag, or create it",
      },
      repository.evidence(says, `git for-each-ref ${reference}`),
    );
  if (listed.value === undefined) return missing(`no tag ${quoted(tag)}`);
  const peeled = await repository.run([
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${reference}^{commit}`,
  ]);
  if (peeled.ended === "failed") return repository.unreadable(`tag ${tag}`, peeled);
  if (peeled.code !== 0) return missing(`tag ${quoted(tag)} of something that is no commit`);
  const [, type, tagger, tagged, committer, committed] = listed.value;
  const annotated = type === "tag";
  const commit = peeled.output.trim();
  const made = annotated
    ? { by: tagger ?? "", at: tagged ?? "" }
    : await committerOf(repository, commit, committer, committed);
  const fact = { tag, commit, annotated, by: made.by, at: made.at };
  return found(fact, repository.evidence(`tag ${tag} is commit ${commit}`, reference, fact));
}

/** The commit of an id, for systems that name what they build after it and have no tag in git (rule H9). */
export async function builtOf(repository: GitRepository, id: string): Promise<Finding<TagFact>> {
  return andThen(await repository.commit(id), async (commit) => {
    const { by, at } = await committerOf(repository, commit, undefined, undefined);
    const fact = { tag: id, commit, annotated: false, by, at };
    return found(fact, repository.evidence(`${id} is commit ${commit}`, `git rev-parse ${id}`, fact));
  });
}

async function committerOf(
  repository: GitRepository,
  commit: string,
  name: string | undefined,
  date: string | undefined,
): Promise<{ by: string; at: string }> {
  if (name !== undefined && name !== "" && date !== undefined && date !== "") return { by: name, at: date };
  const asked = await repository.run(["show", "--no-patch", "--format=%cn%x00%cI", commit]);
  const [by = "", at = ""] = asked.ended === "exit" ? asked.output.trim().split("\0") : [];
  return { by, at };
}

/** What the tag stands for at the remote: its peeled commit where the tag is annotated. */
async function remoteCommit(
  repository: GitRepository,
  remote: string,
  tag: string,
): Promise<Finding<string>> {
  const reference = `refs/tags/${tag}`;
  const listed = await repository.run(["ls-remote", "--tags", "--", remote, reference, `${reference}^{}`]);
  if (listed.ended === "failed" || listed.code !== 0) {
    return unjudged({
      where: repository.name,
      found: `remote ${quoted(remote)} did not answer (${listed.says})`,
      allowed: "an answer: whether the tag was moved there must be known",
      mend: "check the network and the credentials of git for this remote",
    });
  }
  const rows = listed.output.split("\n").map((line) => line.split("\t"));
  const at = (name: string): string | undefined => rows.find(([, listedName]) => listedName === name)?.[0];
  const commit = at(`${reference}^{}`) ?? at(reference);
  const evidence = repository.evidence(
    `tag ${tag} at ${remote} is ${commit ?? "not there"}`,
    `git ls-remote ${remote} ${reference}`,
  );
  if (commit !== undefined) return found(commit, evidence);
  const problem = { where: repository.name, found: `tag ${quoted(tag)}, which ${remote} does not have` };
  return contradicted(
    { ...problem, allowed: "a tag that was pushed", mend: `git push ${remote} ${tag}` },
    evidence,
  );
}
