import { z } from "zod";
import { quoted } from "../release/references/quoted";
import { CommitId } from "../release/references/git-reference";
import { contradicted, type Evidence, type Finding, found } from "./finding";

/** N1: a local smoke test as evidence: which commands, on which commit, by whom, and how it ended. */
export const smokeRecord = z.strictObject({
  /** The commit of the clean tree that was tested. */
  commit: z.string().refine((text) => CommitId.is(text), "a whole commit id"),
  /** The commands as they were run, in order, joined by ` && `. Example: `make up-test && make test`. */
  command: z.string().min(1),
  outcome: z.enum(["success", "failure"]),
  /** Whether the tree was clean before and after, on the same commit. */
  cleanTree: z.boolean(),
  /** When it ended: ISO 8601, UTC. */
  at: z.iso.datetime(),
  by: z.string().trim().min(1),
  /** Exit code of the command that failed, 0 where all succeeded; null where one was ended by a signal. */
  exitCode: z.number().int().nullable(),
  /** Milliseconds. */
  took: z.number().int().min(0),
});

export type SmokeRecord = z.infer<typeof smokeRecord>;

/** What was seen around a run; `commit` is undefined for a tree that was not clean. */
export interface SmokeRun {
  readonly commands: readonly (readonly string[])[];
  readonly before: string;
  readonly after: string | undefined;
  readonly exitCode: number | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly by: string;
}

/** The record of a run. A tree that the test itself changed, or a commit made meanwhile, is on record as not clean. */
export function recordOf(run: SmokeRun): SmokeRecord {
  return {
    commit: run.before,
    command: run.commands.map((command) => command.join(" ")).join(" && "),
    outcome: run.exitCode === 0 ? "success" : "failure",
    cleanTree: run.after === run.before,
    at: run.endedAt.toISOString(),
    by: run.by,
    exitCode: run.exitCode,
    took: run.endedAt.getTime() - run.startedAt.getTime(),
  };
}

/** The file that a commit's smoke test is recorded in, below the folder of releases. The last run of a commit counts. */
export function smokeFile(commit: string): string {
  return `smoke/${CommitId.parse(commit).toString()}.json`;
}

/** Reads a recorded smoke test; undefined stays undefined: nobody tested this commit here. */
export function readSmoke(
  file: string,
  text: string | undefined,
  commit: string,
): Finding<SmokeRecord | undefined> {
  const evidence = (what: string, made?: Pick<Evidence, "when" | "by">): Evidence => ({
    what,
    where: file,
    when: made?.when ?? new Date().toISOString(),
    by: made?.by ?? "file",
  });
  if (text === undefined) return found(undefined, evidence(`no smoke test of ${commit.slice(0, 8)}`));
  const read = smokeRecord.safeParse(parseJson(text));
  const broken = read.success
    ? read.data.commit === commit
      ? undefined
      : `a record of ${quoted(read.data.commit)}`
    : "no smoke test's record";
  if (!read.success || broken !== undefined) {
    const problem = {
      where: file,
      found: broken ?? "",
      allowed: `what slipway smoke wrote for ${commit.slice(0, 8)}`,
    };
    return contradicted({ ...problem, mend: "run slipway smoke again" }, evidence(broken ?? ""));
  }
  const { command, outcome, at, by } = read.data;
  return found(read.data, evidence(`${quoted(command)}: ${outcome}`, { when: at, by }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
