import { join } from "node:path";
import type { Command } from "commander";
import { StackFile } from "../lib/config/stack-file";
import { OciRegistry } from "../lib/evidence/oci-registry";
import type { Registry } from "../lib/evidence/registry";
import { recordsFolder } from "../lib/release/gates/gather/project";
import { atomically } from "../lib/release/promotion/atomic-file";
import {
  carryOutRelease,
  planRelease,
  releasedPath,
  type Released,
} from "../lib/release/promotion/release-step";
import { loadStack, parseGatedStack } from "./gated-stack";
import { operator } from "./operator";

/** What the first of the two steps did (rule H7). */
export interface ReleaseStep {
  readonly did: "released" | "nothing";
  readonly record: string;
  readonly released: Released;
}

/**
 * Retags the stack's images for its environment, keeps the record, and writes the tags into the stack file. Doing it again does nothing.
 * @throws Refusal where an image cannot be tagged; the stack file is then as it was.
 */
export async function releaseStep(
  project: string,
  environment: string,
  registry: Registry,
  now: string,
  by: string,
): Promise<ReleaseStep> {
  const { config, file, text } = await loadStack(project, environment);
  const pins = Object.entries(config.images).map(([name, { repository, tag, digest, commit }]) => ({
    name,
    repository,
    tag,
    digest,
    commit,
  }));
  const record = releasedPath(recordsFolder(project), environment, pins);
  const { released, did } = await carryOutRelease(
    record,
    planRelease(environment, config.release, pins, now, by),
    registry,
  );
  const stack = StackFile.parse(text, file);
  for (const [name, { tag }] of Object.entries(released.images)) {
    if (config.images[name]?.tag !== tag) stack.set(["images", name, "tag"], tag);
  }
  const after = stack.toString();
  parseGatedStack(after, file);
  if (Object.entries(released.images).some(([name, { tag }]) => config.images[name]?.tag !== tag))
    await atomically(join(project, file), after);
  return { did, record, released };
}

/** `slipway release <environment>`. */
export function registerRelease(program: Command): void {
  program
    .command("release <environment>")
    .description(
      "the first of two steps: tag the images for an environment, digests unchanged; `pulumi up` is the second",
    )
    .option("--json", "print the record as JSON")
    .addHelpText("after", "\nExample: slipway release prod")
    .action(async (environment: string, { json }: { json?: boolean }) => {
      const done = await releaseStep(
        process.cwd(),
        environment,
        new OciRegistry(),
        new Date().toISOString(),
        operator(process.env),
      );
      if (json === true) {
        console.log(JSON.stringify(done));
        return;
      }
      console.log(
        done.did === "nothing"
          ? `released already, by ${done.released.by} at ${done.released.at}`
          : `released, on record in ${done.record}`,
      );
      for (const [name, { repository, tag, digest }] of Object.entries(done.released.images))
        console.log(`  ${name}: ${repository}:${tag} is ${digest.slice(0, 19)}`);
      console.log(
        `next: commit Pulumi.${environment}.yaml and the record, then pulumi up --stack ${environment}`,
      );
    });
}
