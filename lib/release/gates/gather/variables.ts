import { parse } from "yaml";
import { andThen, type Finding, found } from "../../../evidence/finding";
import { GitRepository } from "../../../evidence/git-repository";
import type { GatherRequest } from "./request";

/** How many versions of the stack file are looked at for the last release. */
const mostVersions = 200;

/**
 * A10: names of the plain variables that differ from the last release's: the newest committed version of the stack file that has
 * another `slipway:release`. Names only, no values: a value may be what its author should have kept in a secret.
 */
export async function variablesFact({
  project,
  config,
  now,
}: GatherRequest): Promise<Finding<readonly string[]>> {
  const file = `Pulumi.${config.environment}.yaml`;
  return andThen(await GitRepository.open({ folder: project }), async (repository) => {
    const log = ["log", `--max-count=${mostVersions}`, "--format=%H", "--", file];
    const versions = await repository.read(log, `versions of ${file}`, (text) =>
      text.split("\n").filter((line) => line !== ""),
    );
    return andThen(versions, async (commits) => {
      for (const commit of commits) {
        const text = await repository.fileAt(commit, file);
        if (text.finding === "unjudged") return text;
        if (text.finding === "contradicted") continue;
        const { release, variables } = read(text.value);
        if (release === config.release) continue;
        const changed = different(variables, flat(config.services));
        return found(changed, {
          what: `compared with ${release ?? "the version before"}`,
          where: `${file} at ${commit.slice(0, 8)}`,
          when: now,
          by: "git",
        });
      }
      return found([], {
        what: "the first release: nothing to compare with",
        where: file,
        when: now,
        by: "git",
      });
    });
  });
}

type Services = Readonly<Record<string, { readonly env?: Readonly<Record<string, unknown>> }>>;

function read(text: string): { release: string | undefined; variables: ReadonlyMap<string, string> } {
  const { config } = (parse(text) ?? {}) as { config?: Record<string, unknown> };
  const release = config?.["slipway:release"];
  const services = (config?.["slipway:services"] ?? {}) as Services;
  return { release: typeof release === "string" ? release : undefined, variables: flat(services) };
}

function flat(services: Services): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(services).flatMap(([service, { env }]) =>
      Object.entries(env ?? {}).map(
        ([name, value]) => [`${service}.${name}`, JSON.stringify(value)] as const,
      ),
    ),
  );
}

function different(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
