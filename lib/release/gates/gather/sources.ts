import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import type { GateConfig } from "../../../config/gates";
import { ciOf } from "../../../evidence/ci-evidence";
import { andThen, type Finding, found, unjudged } from "../../../evidence/finding";
import type { Forge } from "../../../evidence/forge";
import { withClone } from "../../../evidence/git-clone";
import { GitRepository } from "../../../evidence/git-repository";
import type { Repository, TagFact } from "../../../evidence/repository";
import { RetagVersion } from "../../versions/retag-version";
import { schemeNamed } from "../../versions/schemes";
import { read } from "../../versions/version-scheme";
import type { SourceFacts } from "../facts";
import type { SourcePolicy } from "../policy";
import { forgeOf } from "./forges";
import { openSource } from "./open-source";
import { type GatherRequest, nowhere } from "./request";
import { readSmoke } from "./smoke";

type SourceConfig = GateConfig["sources"][string];

/** What is known of every source, in the order of the stack file; a repository that cannot be read leaves every fact of it open. */
export async function gatherSources(request: GatherRequest): Promise<readonly SourceFacts[]> {
  return Promise.all(
    request.policy.sources.map(async (policy) => {
      const config = request.config.sources[policy.name];
      if (config === undefined) return unread(policy, nowhere(policy.name, "name it in slipway:sources"));
      const forge = forgeOf(config.forge, request.variables);
      const facts = await withRepository(request.project, config, async (repository) => {
        const read = await factsOf(request, policy, config, repository, forge);
        return found(read, { what: "read", where: repository.name, when: request.now, by: "git" });
      });
      return facts.finding === "found" ? facts.value : unread(policy, facts);
    }),
  );
}

/** Reads a folder where it is, and fetches an address into a temporary one. */
export async function withRepository<T>(
  project: string,
  config: Pick<SourceConfig, "clone" | "forge">,
  use: (repository: GitRepository) => Promise<Finding<T>>,
): Promise<Finding<T>> {
  const address = config.clone ?? cloneAddress(config.forge);
  if (address === undefined)
    return nowhere("a git repository", "name slipway:sources.<name>.clone or .forge");
  const folder = resolve(project, address);
  if (!existsSync(folder)) return withClone(address, use);
  return andThen(await GitRepository.open({ folder }), use);
}

/** The forge's own address of the repository, for cloning. */
function cloneAddress(forge: SourceConfig["forge"]): string | undefined {
  if (forge === undefined) return undefined;
  const server =
    forge.kind === "github" ? "https://github.com" : new URL(forge.api ?? "https://gitlab.com").origin;
  return `${server}/${forge.project}.git`;
}

async function factsOf(
  request: GatherRequest,
  policy: SourcePolicy,
  config: SourceConfig,
  repository: Repository,
  forge: Forge | undefined,
): Promise<SourceFacts> {
  const tag = await releasedOf(repository, policy);
  const after = <T>(use: (fact: TagFact) => Promise<Finding<T>>): Promise<Finding<T>> => andThen(tag, use);
  const ci = { forge, repository, workflows: config.workflows };
  return {
    name: policy.name,
    tag,
    tags: await repository.tags(),
    branch: await after((fact) => repository.onBranch(fact, policy.branch, config.exceptions)),
    ci: await after(({ commit }) =>
      ci.forge === undefined
        ? Promise.resolve(
            nowhere(
              `CI of ${policy.name}`,
              `name slipway:sources.${policy.name}.forge, or test it: slipway smoke`,
            ),
          )
        : ciOf({ ...ci, forge: ci.forge }, commit),
    ),
    smoke: await after(({ commit }) => readSmoke(request.project, commit)),
    changelog: await after(({ commit }) =>
      policy.changelog === undefined
        ? Promise.resolve(nowhere("changelog", `name slipway:sources.${policy.name}.changelog`))
        : repository.fileAt(commit, policy.changelog),
    ),
    workflow: await after(({ commit }) => partsNamed(repository, commit)),
  };
}

/** What is released: a tag of git; or, where builds are named after their commit, that commit (rule H9). */
function releasedOf(repository: Repository, { scheme, tag }: SourcePolicy): Promise<Finding<TagFact>> {
  const version = read(schemeNamed(scheme), tag);
  if (version instanceof RetagVersion) return repository.built(version.commit);
  return version?.scheme === "git-commit" ? repository.built(version.toString()) : repository.tag(tag);
}

/** F7: which backend and frontend the stack's own workflow names; none where it keeps no such file. */
async function partsNamed(
  repository: Repository,
  commit: string,
): Promise<Finding<Readonly<Record<string, string>>>> {
  const path = ".github/workflows/build-main.yaml";
  const text = await repository.fileAt(commit, path);
  if (text.finding === "contradicted") return found({}, { ...text.evidence, what: `no ${path}` });
  return andThen(text, (yaml) => {
    const { env } = (parse(yaml) ?? {}) as { env?: Record<string, unknown> };
    const named = { backend: env?.["BE_IMAGE_TAG"], frontend: env?.["FE_IMAGE_TAG"] };
    const strings = Object.entries(named).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    const evidence = {
      what: `${path} names ${strings.map(([name, tag]) => `${name} ${tag}`).join(", ")}`,
      where: `${repository.name}: ${path}`,
      when: new Date().toISOString(),
      by: "git",
    };
    return Promise.resolve(found(Object.fromEntries(strings), evidence));
  });
}

/** Facts of a repository that could not be read: each says why. */
function unread(policy: SourcePolicy, why: Finding<unknown>): SourceFacts {
  const problem =
    why.finding === "found"
      ? { where: policy.name, found: "nothing", allowed: "facts", mend: "try again" }
      : why.problem;
  return openSource(policy.name, unjudged({ ...problem, where: `${policy.name}: ${problem.where}` }));
}
