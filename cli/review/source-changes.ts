import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { StackConfig } from "../../lib/config/stack-config";
import { policyOf } from "../../lib/config/gates-policy";
import { found, type Finding } from "../../lib/evidence/finding";
import type { GitRepository } from "../../lib/evidence/git-repository";
import { commitsOf } from "../../lib/evidence/git-tree";
import { withRepository } from "../../lib/release/gates/gather/sources";
import { issuesNamed } from "../../lib/release/notes/ticket";
import type { Part, SourceChange, SourceCommits } from "../../lib/review/diff/release-diff";
import { mostCommits } from "./range";

type Source = StackConfig["sources"][string];

/**
 * What changed in the repositories that images are built from, between the versions of two stack files.
 * @param fetch whether a repository that is not on this machine is cloned; without it nothing is asked of any network.
 */
export async function sourceChanges(
  project: string,
  before: StackConfig,
  after: StackConfig,
  fetch: boolean,
): Promise<readonly SourceChange[]> {
  const [old, now] = [tagsOf(before), tagsOf(after)];
  const changed = [...now].flatMap(([source, to]) => {
    const [from, config] = [old.get(source), after.sources[source]];
    return from === undefined || from === to || config === undefined ? [] : [{ source, from, to, config }];
  });
  return Promise.all(
    changed.map(async ({ source, from, to, config }) => ({
      source,
      from,
      to,
      link: compareLink(config, from, to),
      commits: await commitsBetween(project, config, from, to, fetch),
    })),
  );
}

function tagsOf(config: StackConfig): ReadonlyMap<string, string> {
  return new Map(policyOf(config).sources.map(({ name, tag }) => [name, tag]));
}

/** The address of its forge's pages; undefined where the stack file names none. */
function pages({ forge }: Source): string | undefined {
  if (forge === undefined) return undefined;
  const host =
    forge.api === undefined
      ? forge.kind === "github"
        ? "github.com"
        : "gitlab.com"
      : new URL(forge.api).host;
  return `https://${host}/${forge.project}${forge.kind === "gitlab" ? "/-" : ""}`;
}

function compareLink(config: Source, from: string, to: string): string | undefined {
  const base = pages(config);
  return base && `${base}/compare/${encodeURIComponent(from)}...${encodeURIComponent(to)}`;
}

async function commitsBetween(
  project: string,
  config: Source,
  from: string,
  to: string,
  fetch: boolean,
): Promise<Part<SourceCommits>> {
  const here = config.clone !== undefined && existsSync(resolve(project, config.clone));
  if (!here && !fetch)
    return { known: false, why: "needs a clone of its repository", get: "slipway diff … --fetch" };
  const read = await withRepository(project, config, (repository) => between(repository, config, from, to));
  if (read.finding === "found") return { known: true, value: read.value, from: "git" };
  return { known: false, why: read.problem.found, get: read.problem.mend };
}

async function between(
  repository: GitRepository,
  config: Source,
  from: string,
  to: string,
): Promise<Finding<SourceCommits>> {
  const [start, end] = [await repository.commit(from), await repository.commit(to)];
  if (start.finding !== "found") return start;
  if (end.finding !== "found") return end;
  const max = [`--max-count=${mostCommits}`];
  const forward = await commitsOf(repository, max, [`${start.value}..${end.value}`]);
  if (forward.finding !== "found") return forward;
  const back =
    forward.value.length > 0 ? forward : await commitsOf(repository, max, [`${end.value}..${start.value}`]);
  if (back.finding !== "found") return back;
  const way = forward.value.length > 0 ? "forward" : "back";
  const numbers = issuesNamed(back.value.map(({ subject, body }) => `${subject}\n${body}`).join("\n"));
  const base = pages(config);
  const tickets = numbers.map((number) => ({ number, link: base && `${base}/issues/${number}` }));
  return found({ way, commits: back.value, tickets }, back.evidence);
}
