import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import { recordInWords } from "../../lib/review/record";
import { makeImages } from "../images/make-images";
import type { Progress } from "../toolchain/progress";
import type { PulumiRun } from "./pulumi-stack";
import { type PlannedRelease, System, readDocuments } from "./system";

/** What the job is told: where it runs, and where it says so. */
export interface MainJob {
  readonly environment: EmbeddedEnvironment;
  /** The project's folder. */
  readonly root: string;
  /** The environment's state directory. */
  readonly state: string;
  readonly progress: Progress;
  /** Prints one line of its own. */
  readonly print: (line: string) => void;
  /** Passes on what another program prints, as it comes. */
  readonly show: (text: string) => void;
  /** Ends the job early; a release that is under way is taken back first. */
  readonly signal?: AbortSignal;
}

/** The two releases of the main job: what runs, and what comes. */
export const current = { version: "v2.18.0", schema: "11.23.0" } as const;
export const next = { version: "v2.19.0", schema: "11.24.0" } as const;

/** How long a release that was interrupted may take to be taken back, in milliseconds. */
const patience = 30_000;

/**
 * The main job: `dev` runs NMDC Runtime on schema 11.23.0; its stack file changes to the next release; preview, up, up again.
 * @returns the closed record of the release, and the system that was released.
 */
export async function mainJob(
  job: MainJob,
): Promise<{ readonly record: ReleaseRecordData; readonly system: System }> {
  const { environment, root, state, progress, print, signal } = job;
  const heading = numbered(job, 6);

  heading("The system: a namespace, a database of NMDC documents, images of two releases in the registry");
  const before = await progress.step("images of " + current.version, () => imagesOf(environment, current));
  const after = await progress.step("images of " + next.version, () => imagesOf(environment, next));
  const system = await System.create(environment, root, state, "dev", signal);
  print(`${await system.seed(nmdcDocuments(root))} documents of schema ${current.schema} loaded`);

  try {
    await releaseTwice(job, system, before, after, heading);
  } catch (error) {
    if (signal?.aborted) await Promise.race([system.settled(), sleep(patience, undefined, { ref: false })]);
    throw error;
  }
  const record = await system.record();
  print(`\n${recordInWords(record)}`);
  return { record, system };
}

async function releaseTwice(
  { print, show }: MainJob,
  system: System,
  before: PlannedRelease,
  after: PlannedRelease,
  heading: (title: string) => void,
): Promise<void> {
  heading(`pulumi up: ${current.version} on schema ${current.schema}`);
  system.plan(before);
  succeeded(await system.stack.up(show));

  heading(`The release is a change of Pulumi.dev.yaml`);
  const old = readFileSync(system.stack.file, "utf8");
  writeFileSync(`${system.stack.file}.${current.version}`, old, { mode: 0o600 });
  system.plan(after);
  print(changedLines(old, readFileSync(system.stack.file, "utf8")));

  heading("pulumi preview: what it will change, in images and data");
  succeeded(await system.stack.preview(show));

  heading("pulumi up");
  succeeded(await system.stack.up(show));

  heading("pulumi up, once more: changes nothing");
  succeeded(await system.stack.up(show, "--expect-no-changes"));
}

/** The documents of schema 11.23.0: the given examples where they are at hand, else those that the project carries. */
export function nmdcDocuments(root: string): ReturnType<typeof readDocuments> {
  const given = join(root, "..", "shared", "data", "nmdc-11.23.0.json");
  return readDocuments(existsSync(given) ? given : join(root, "tools", "dataset", "nmdc-11.23.0.json"));
}

/** Makes and pushes the images of one release; every digest is the registry's answer. */
export async function imagesOf(
  environment: Pick<EmbeddedEnvironment, "registry">,
  release: { readonly version: string; readonly schema: string },
): Promise<PlannedRelease> {
  return { ...release, images: await makeImages(environment.registry, release) };
}

function numbered({ print, signal }: MainJob, total: number): (title: string) => void {
  let step = 0;
  return (title) => {
    signal?.throwIfAborted();
    step += 1;
    print(`\n── ${step}/${total} ${title}`);
  };
}

function succeeded({ code }: PulumiRun): void {
  if (code !== 0) throw new Error(`pulumi ended with exit code ${code}; what it said stands above`);
}

/** The change as a reviewer sees it: the lines that differ, old before new. */
function changedLines(old: string, now: string): string {
  const before = old.split("\n");
  const pairs = now.split("\n").map((line, index) => [before[index] ?? "", line] as const);
  return pairs.flatMap(([was, is]) => (was === is ? [] : [`- ${was}`, `+ ${is}`])).join("\n");
}
