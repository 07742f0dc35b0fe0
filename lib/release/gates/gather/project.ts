import { join, relative, resolve } from "node:path";
import { andThen, type Finding, found, unjudged } from "../../../evidence/finding";
import type { CiRun, ForgeRelease, Ticket } from "../../../evidence/forge";
import { GitRepository } from "../../../evidence/git-repository";
import { Refusal } from "../../../problem";
import { issuesNamed, ticketTitle } from "../../notes/ticket";
import { readDeployments } from "../../promotion/record-files";
import { readReleased, releasedPath } from "../../promotion/release-step";
import type { Deployment, Pin } from "../deployment";
import type { Facts, SourceFacts } from "../facts";
import { forgeOf } from "./forges";
import { type GatherRequest, nowhere } from "./request";

/** The folder of what releases leave behind. */
export function recordsFolder(project: string): string {
  return join(project, "releases");
}

/** Every release on record; a file that is none makes nothing known, since it could be the newest. */
export async function deploymentsFact({
  project,
  now,
}: Pick<GatherRequest, "project" | "now">): Promise<Finding<readonly Deployment[]>> {
  const folder = recordsFolder(project);
  try {
    const read = await readDeployments(folder);
    const deployments = read.map((one) => ({ ...one, where: relative(project, one.where) }));
    return found(deployments, {
      what: `${deployments.length} releases on record`,
      where: "releases",
      when: now,
      by: "git",
    });
  } catch (error) {
    const problem = error instanceof Refusal ? error.problems[0] : undefined;
    if (problem === undefined) throw error;
    return unjudged(problem);
  }
}

/** H7: the release step of exactly these images, when it is finished. */
export async function releasedFact(
  { project, config, now }: GatherRequest,
  pins: readonly Pin[],
): Promise<Facts["released"]> {
  const path = releasedPath(recordsFolder(project), config.environment, pins);
  try {
    const released = await readReleased(path);
    const finished = released?.state === "finished" ? released.images : undefined;
    return found(finished, {
      what: finished === undefined ? "no finished release step" : "released",
      where: relative(project, path),
      when: released?.at ?? now,
      by: released?.by ?? "nobody",
    });
  } catch (error) {
    const problem = error instanceof Refusal ? error.problems[0] : undefined;
    if (problem === undefined) throw error;
    return unjudged(problem);
  }
}

export async function treeFact({ project }: GatherRequest): Promise<Finding<string>> {
  return andThen(await GitRepository.open({ folder: project }), (repository) => repository.clean());
}

/** The branch and commit that the stack file itself is on (rule H12). */
export async function deploymentConfigFact({
  project,
  config,
  now,
}: GatherRequest): Promise<Facts["release"]["deployment"]> {
  return andThen(await GitRepository.open({ folder: project }), async (repository) => {
    const branch = await repository.read(["rev-parse", "--abbrev-ref", "HEAD"], "its branch", (text) =>
      text.trim(),
    );
    const commit = await repository.read(["rev-parse", "HEAD"], "its commit", (text) => text.trim());
    const secrets = await secretsBranch(project, config.gates.places.secretsCheckout);
    return andThen(branch, (name) =>
      andThen(commit, (id) =>
        Promise.resolve(
          found(
            { branch: name, commit: id, secrets },
            { what: `${name} at ${id.slice(0, 8)}`, where: project, when: now, by: "git" },
          ),
        ),
      ),
    );
  });
}

/** The branch of the secrets' repository that is checked out; undefined where the config names none (rule A10). */
async function secretsBranch(project: string, checkout: string | undefined): Promise<string | undefined> {
  if (checkout === undefined) return undefined;
  const branch = await andThen(
    await GitRepository.open({ folder: resolve(project, checkout) }),
    (repository) =>
      repository.read(["rev-parse", "--abbrev-ref", "HEAD"], "its branch", (text) => text.trim()),
  );
  return branch.finding === "found" ? branch.value : undefined;
}

/** What the forge of the last source knows of the release: its page, its ticket, the issues that the ticket names. */
export async function forgeFacts(
  request: GatherRequest,
): Promise<{ page: Finding<ForgeRelease>; ticket: Finding<Ticket | undefined>; issues: Facts["issues"] }> {
  const last = request.policy.sources.at(-1);
  const forge = forgeOf(
    last === undefined ? undefined : request.config.sources[last.name]?.forge,
    request.variables,
  );
  if (last === undefined || forge === undefined) {
    const open = nowhere("the release's page and ticket", "name slipway:sources.<name>.forge");
    return { page: open, ticket: open, issues: open };
  }
  const ticket = await forge.ticketTitled(ticketTitle(request.config.release));
  const issues = await andThen(ticket, async (one) => {
    const named = await Promise.all(
      issuesNamed(one?.body ?? "").map(async (number) => [number, await forge.ticket(number)] as const),
    );
    const open = named.find(([, issue]) => issue.finding === "unjudged")?.[1];
    if (open?.finding === "unjudged") return open;
    const known = named.map(
      ([number, issue]) => [number, issue.finding === "found" ? issue.value : undefined] as const,
    );
    return found(Object.fromEntries(known), {
      what: `${named.length} issues`,
      where: forge.name,
      when: request.now,
      by: forge.kind,
    });
  });
  return { page: await forge.release(last.tag), ticket, issues };
}

/** CI jobs of the released commits (rules H4, H5). */
export async function jobsFact(
  request: GatherRequest,
  sources: readonly SourceFacts[],
): Promise<Finding<readonly CiRun[]>> {
  const runs: CiRun[] = [];
  for (const { name, tag } of sources) {
    const forge = forgeOf(request.config.sources[name]?.forge, request.variables);
    if (forge === undefined) return nowhere(`jobs of ${name}`, `name slipway:sources.${name}.forge`);
    if (tag.finding !== "found") return tag;
    const jobs = await forge.runsOf(tag.value.commit);
    if (jobs.finding !== "found") return jobs;
    runs.push(...jobs.value);
  }
  return found(runs, { what: `${runs.length} jobs`, where: "CI", when: request.now, by: "CI" });
}
