import { join } from "node:path";
import type { Command } from "commander";
import { StackFile } from "../lib/config/stack-file";
import type { Finding } from "../lib/evidence/finding";
import { Refusal } from "../lib/problem";
import { deploymentsFact } from "../lib/release/gates/gather/project";
import { atomically } from "../lib/release/promotion/atomic-file";
import { lineDiff } from "../lib/release/promotion/line-diff";
import { planPromotion, type StackPins } from "../lib/release/promotion/promote";
import { type LoadedStack, loadStack, parseGatedStack } from "./gated-stack";
import { runningDigests } from "./running-digests";

/** What a promotion wrote, or would write. */
export interface Promoted {
  readonly file: string;
  readonly diff: string;
  readonly warnings: readonly string[];
}

/**
 * Writes what is verified in one environment into the next one's stack file.
 * @throws Refusal with all that forbids it; the file is then as it was.
 */
export async function promote(
  project: string,
  from: string,
  to: string,
  running: (stack: LoadedStack) => Promise<Finding<Readonly<Record<string, string>>>>,
  now: string,
  write: boolean,
): Promise<Promoted> {
  const [source, target] = [await loadStack(project, from), await loadStack(project, to)];
  const deployments = await deploymentsFact({ project, now });
  if (deployments.finding !== "found") throw new Refusal("records", [deployments.problem]);
  const { promotion, lane, gates } = target.config;
  const plan = planPromotion(
    pinsOf(source),
    {
      ...pinsOf(target),
      soakHours: promotion.soakHours,
      lane: lane.kind,
      overrides: gates.override.length,
    },
    { now, deployments: deployments.value, running: await running(source) },
  );
  const file = StackFile.parse(target.text, target.file);
  for (const { path, to: value } of plan.edits) file.set(path, value);
  const text = plan.edits.length === 0 ? target.text : file.toString();
  // What is written must be a stack file that `up` takes.
  parseGatedStack(text, target.file);
  if (write && text !== target.text) await atomically(join(project, target.file), text);
  return { file: target.file, diff: lineDiff(target.text, text, target.file), warnings: plan.warnings };
}

function pinsOf({ file, config }: LoadedStack): StackPins {
  const pins = Object.entries(config.images).map(([name, { repository, tag, digest, commit }]) => ({
    name,
    repository,
    tag,
    digest,
    commit,
  }));
  const { system, environment, release, promotion, data } = config;
  return { file, system, chain: promotion.chain, environment, release, pins, schema: data.schema };
}

/** `slipway promote <from> <to>`. */
export function registerPromote(program: Command): void {
  program
    .command("promote <from> <to>")
    .description(
      "write the images and the schema that are verified in one environment into the next one's stack file",
    )
    .option("--dry-run", "print the change and write nothing")
    .option("--json", "print the change as JSON")
    .addHelpText("after", "\nExample: slipway promote staging prod")
    .action(async (from: string, to: string, { dryRun, json }: { dryRun?: boolean; json?: boolean }) => {
      const now = new Date().toISOString();
      const done = await promote(
        process.cwd(),
        from,
        to,
        ({ config }) => runningDigests(config, now),
        now,
        dryRun !== true,
      );
      if (json === true) {
        console.log(JSON.stringify({ ...done, written: dryRun !== true && done.diff !== "" }));
        return;
      }
      for (const warning of done.warnings) console.error(`warning: ${warning}`);
      console.log(done.diff === "" ? `${done.file} has what is verified in ${from} already` : done.diff);
    });
}
