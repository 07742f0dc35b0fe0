import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { atomically } from "../release/promotion/atomic-file";
import { andThen, type Finding, mapFound } from "./finding";
import type { GitRepository } from "./git-repository";
import { readSmoke, recordOf, smokeFile, type SmokeRecord } from "./smoke";

/** What `slipway smoke` is to run, and where it is written down. */
export interface SmokePlan {
  /** Each a program with its arguments; no shell is between. Example: `["make", "test"]`. */
  readonly commands: readonly (readonly [string, ...string[]])[];
  readonly by: string;
  /** Folder of releases, in which the record is kept. */
  readonly releases: string;
  /** Where the commands' output goes. */
  readonly output: Writable;
  /** Ends the commands. */
  readonly signal?: AbortSignal;
}

/**
 * N1: runs the commands in the repository's clean tree, one after the other, and records what came of it. Nothing is run, and
 * nothing recorded, where the tree is not clean.
 */
export async function runSmoke(repository: GitRepository, plan: SmokePlan): Promise<Finding<SmokeRecord>> {
  return andThen(await repository.clean(), async (before) => {
    const startedAt = new Date();
    const exitCode = await runAll(plan, repository.place.folder);
    const after = await repository.clean();
    const record = recordOf({
      commands: plan.commands,
      before,
      after: after.finding === "found" ? after.value : undefined,
      exitCode,
      startedAt,
      endedAt: new Date(),
      by: plan.by,
    });
    const file = join(plan.releases, smokeFile(before));
    await atomically(file, `${JSON.stringify(record, null, 2)}\n`);
    return mapFound(readSmoke(file, await readFile(file, "utf8"), before), (read) => read ?? record);
  });
}

/** N1: what was recorded for a commit, if anything. */
export async function smokeOf(releases: string, commit: string): Promise<Finding<SmokeRecord | undefined>> {
  const file = join(releases, smokeFile(commit));
  try {
    return readSmoke(file, await readFile(file, "utf8"), commit);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return readSmoke(file, undefined, commit);
    throw error;
  }
}

/** The first code that is not 0 ends the run; null for a command that was ended or could not be started. */
async function runAll(plan: SmokePlan, folder: string): Promise<number | null> {
  for (const command of plan.commands) {
    plan.output.write(`$ ${command.join(" ")}\n`);
    const code = await run(command, folder, plan);
    if (code !== 0) return code;
  }
  return 0;
}

function run(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  plan: SmokePlan,
): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"], signal: plan.signal });
    child.stdout.pipe(plan.output, { end: false });
    child.stderr.pipe(plan.output, { end: false });
    child.on("error", (error) => {
      plan.output.write(`${program}: ${error.message}\n`);
    });
    child.on("close", (code) => {
      // Node reports a program that is not there as code -2.
      resolve(code !== null && code >= 0 ? code : null);
    });
  });
}
