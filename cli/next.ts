import type { Command } from "commander";
import { DateTime } from "luxon";
import { type Finding, found } from "../lib/evidence/finding";
import { Refusal } from "../lib/problem";
import { current } from "../lib/release/gates/deployment";
import { deploymentsFact } from "../lib/release/gates/gather/project";
import { withRepository } from "../lib/release/gates/gather/sources";
import { schemeNamed } from "../lib/release/versions/schemes";
import { unknownStep } from "../lib/release/versions/version-scheme";
import { type LoadedStack, loadStack } from "./gated-stack";

/** A version that may be made now. */
export interface NextVersion {
  readonly source: string;
  readonly step: string;
  readonly version: string;
  readonly warnings: readonly string[];
}

/**
 * The versions that may come next, of one source or of all (rules N2, F2, A7, F20).
 * @throws Refusal for an unknown source or step, or where the tags cannot be read: the next is never guessed.
 */
export async function nextVersions(
  project: string,
  { config, policy, file }: LoadedStack,
  wanted: { readonly source?: string | undefined; readonly step?: string | undefined },
  now: string,
): Promise<readonly NextVersion[]> {
  const sources = policy.sources.filter(({ name }) => wanted.source === undefined || name === wanted.source);
  if (sources.length === 0) {
    const known = policy.sources.map(({ name }) => name).join(", ") || "none: name them in slipway:sources";
    throw new Refusal(file, [
      { where: "slipway:sources", found: wanted.source ?? "no source", allowed: known, mend: `edit ${file}` },
    ]);
  }
  const deployments = await deploymentsFact({ project, now });
  const running =
    deployments.finding === "found" ? current(deployments.value, policy.environment) : undefined;
  const versions = await Promise.all(
    sources.map(async ({ name, scheme, images }) => {
      const repository = config.sources[name];
      const tags: Finding<readonly string[]> =
        repository === undefined
          ? found([], { what: "", where: "", when: now, by: "" })
          : await withRepository(project, repository, (one) => one.tags());
      if (tags.finding !== "found") throw new Refusal(`tags of ${name}`, [tags.problem]);
      const production = running?.pins.find((pin) => images.includes(pin.name))?.tag;
      const legal = schemeNamed(scheme).legal(
        tags.value,
        DateTime.fromISO(now, { zone: policy.zone }),
        production,
      );
      const steps = legal.filter(({ step }) => wanted.step === undefined || step === wanted.step);
      if (steps.length === 0) throw unknownStep(schemeNamed(scheme), (wanted.step ?? "release") as "release");
      return steps.map(({ step, version, warnings }) => ({
        source: name,
        step,
        version: version.toString(),
        warnings,
      }));
    }),
  );
  return versions.flat();
}

/** `slipway next [step]`. */
export function registerNext(program: Command): void {
  program
    .command("next [step]")
    .description("compute the version that may come next: patch, minor, major, release, candidate or hot-fix")
    .option("-e, --environment <name>", "the stack whose sources are meant", "prod")
    .option("-s, --source <name>", "one source of slipway:sources")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample: slipway next minor")
    .action(
      async (
        step: string | undefined,
        { environment, source, json }: { environment: string; source?: string; json?: boolean },
      ) => {
        const project = process.cwd();
        const versions = await nextVersions(
          project,
          await loadStack(project, environment),
          { source, step },
          new Date().toISOString(),
        );
        if (json === true) console.log(JSON.stringify(versions));
        else if (versions.length === 1) console.log(versions[0]?.version);
        else for (const one of versions) console.log(`${one.source}  ${one.step.padEnd(9)} ${one.version}`);
        for (const { version, warnings } of versions)
          for (const warning of warnings) console.error(`warning: ${version}: ${warning}`);
      },
    );
}
