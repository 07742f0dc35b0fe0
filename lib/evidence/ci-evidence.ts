import { quoted } from "../release/references/quoted";
import { andThen, contradicted, type Finding, found, unjudged } from "./finding";
import type { CiRun, Forge } from "./forge";
import { type PathFilter, pathFilterOf, triggers } from "./path-filter";
import type { Repository } from "./repository";

/** How far back an ancestor is looked for: a workflow that did not run for so long says nothing any more. */
const mostAncestors = 100;

/** Where CI results come from, and which of them are asked for. */
export interface CiSources {
  readonly forge: Forge;
  readonly repository: Repository;
  /** Workflow files, workflow names or job names that must be green; every run must be where none is named. */
  readonly workflows: readonly string[];
}

/**
 * N1, F9: the tests of exactly this commit are green; or of its nearest ancestor, when no file changed since that the workflow's
 * path filter names. The workflow's filter is read at the released commit itself.
 */
export async function ciOf(sources: CiSources, commit: string): Promise<Finding<string>> {
  return andThen(await sources.forge.runsOf(commit), async (runs) => {
    if (sources.workflows.length === 0)
      return judge(sources.forge, commit, "CI", runs) ?? none(sources.forge, commit, "any workflow");
    const judged: Finding<string>[] = [];
    for (const workflow of sources.workflows) {
      judged.push(
        judge(
          sources.forge,
          commit,
          workflow,
          runs.filter((run) => is(run, workflow)),
        ) ?? (await nearest(sources, commit, workflow)),
      );
    }
    return together(judged);
  });
}

/** A workflow named by its file with or without the folder, or by its own name. */
function is(run: CiRun, workflow: string): boolean {
  return run.name === workflow || run.source === workflow || run.source === `.github/workflows/${workflow}`;
}

/** The verdict of a commit's runs; undefined where there is none, or all were skipped. */
function judge(
  forge: Forge,
  commit: string,
  workflow: string,
  runs: readonly CiRun[],
): Finding<string> | undefined {
  const problem = { where: forge.name, allowed: `${workflow} green for commit ${commit}` };
  const evidence = (run: CiRun, what: string) => ({ what, where: run.link, when: run.at, by: run.by });
  const failed = runs.find((run) => run.outcome === "failure");
  if (failed !== undefined) {
    const says = `${quoted(failed.name)} failed for ${commit.slice(0, 8)}: ${failed.link}`;
    return contradicted(
      { ...problem, found: says, mend: "mend it, and release the commit that is green" },
      evidence(failed, says),
    );
  }
  const pending = runs.find((run) => run.outcome === "pending");
  if (pending !== undefined) {
    const says = `${quoted(pending.name)} still runs for ${commit.slice(0, 8)}: ${pending.link}`;
    return unjudged({ ...problem, found: says, mend: "wait until it ends" }, true);
  }
  const green = runs.filter((run) => run.outcome === "success");
  const last = green.reduce<CiRun | undefined>(
    (late, run) => (late === undefined || Date.parse(run.at) > Date.parse(late.at) ? run : late),
    undefined,
  );
  if (last === undefined) return undefined;
  const names = green.map((run) => run.name).join(", ");
  return found(names, evidence(last, `CI ${names}: success for ${commit.slice(0, 8)}`));
}

/** N1's rule for path filters: what CI does not look at may have changed since it last looked. */
async function nearest(sources: CiSources, commit: string, workflow: string): Promise<Finding<string>> {
  const { forge, repository } = sources;
  const filter = await filterAt(repository, commit, workflow);
  if (filter.finding === "unjudged") return filter;
  if (filter.finding === "contradicted" || filter.value === undefined) return none(forge, commit, workflow);
  const patterns = filter.value;
  return andThen(
    await repository.ancestors(commit, mostAncestors),
    async (ancestors): Promise<Finding<string>> => {
      for (const ancestor of ancestors.filter((one) => one !== commit)) {
        const changed = await repository.changedFiles(ancestor, commit);
        if (changed.finding !== "found") return changed;
        const counts = changed.value.find((file) => triggers(patterns, file));
        if (counts !== undefined)
          return none(forge, commit, workflow, `; ${quoted(counts)} changed since ${ancestor.slice(0, 8)}`);
        const runs = await forge.runsOf(ancestor);
        if (runs.finding !== "found") return runs;
        const judged = judge(
          forge,
          ancestor,
          workflow,
          runs.value.filter((run) => is(run, workflow)),
        );
        if (judged?.finding === "found") {
          const why = `no file that it looks at changed from ${ancestor.slice(0, 8)} to ${commit.slice(0, 8)}`;
          return { ...judged, evidence: { ...judged.evidence, what: `${judged.evidence.what}; ${why}` } };
        }
        if (judged !== undefined) return judged;
      }
      return none(forge, commit, workflow);
    },
  );
}

async function filterAt(
  repository: Repository,
  commit: string,
  workflow: string,
): Promise<Finding<PathFilter | undefined>> {
  const path = workflow.startsWith(".github/") ? workflow : `.github/workflows/${workflow}`;
  return andThen(await repository.fileAt(commit, path), (text) => {
    const filter = pathFilterOf(text);
    const what =
      filter === undefined ? `${path} has no path filter` : `${path} runs for ${filter.patterns.join(", ")}`;
    return Promise.resolve(
      found(filter, {
        what,
        where: `${repository.name}: ${path}`,
        when: new Date().toISOString(),
        by: "git",
      }),
    );
  });
}

function none(forge: Forge, commit: string, workflow: string, more = ""): Finding<never> {
  const says = `no result of ${workflow} for commit ${commit}${more}`;
  const mend = "run CI for this commit, or test it on a clean tree: slipway smoke";
  const evidence = { what: says, where: forge.name, when: new Date().toISOString(), by: forge.kind };
  return contradicted(
    { where: forge.name, found: says, allowed: "a green run of exactly this commit", mend },
    evidence,
  );
}

/** All workflows as one finding: the worst decides, and every one is named. */
function together(judged: readonly Finding<string>[]): Finding<string> {
  const worst =
    judged.find(({ finding }) => finding === "contradicted") ??
    judged.find(({ finding }) => finding === "unjudged");
  if (worst !== undefined) return worst;
  const good = judged.flatMap((one) => (one.finding === "found" ? [one] : []));
  const last = good.reduce((late, one) =>
    Date.parse(one.evidence.when) > Date.parse(late.evidence.when) ? one : late,
  );
  const what = good.map(({ evidence }) => evidence.what).join("; ");
  return found(
    good.map(({ value }) => value).join(", "),
    { ...last.evidence, what },
    good.flatMap(({ warnings }) => warnings),
  );
}
