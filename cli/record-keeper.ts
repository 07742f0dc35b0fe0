import { join, relative, resolve } from "node:path";
import { DateTime } from "luxon";
import { canonicalJson, type Json } from "../lib/content-hash";
import type { ReleaseRecordData } from "../lib/data/protocol";
import { type Problem, Refusal } from "../lib/problem";
import { recordsFolder } from "../lib/release/gates/gather/project";
import type { Report } from "../lib/release/gates/judge";
import { addInstalled, environmentChangelogFile } from "../lib/release/notes/environment-changelog";
import { atomically } from "../lib/release/promotion/atomic-file";
import {
  anotherRecord,
  readDeployments,
  readIfThere,
  recordPath,
  writeRecordFile,
} from "../lib/release/promotion/record-files";
import { loadStack } from "./gated-stack";
import { originsOf } from "./record-origin";

export interface KeepOptions {
  /** What `slipway check --json` said before the release; kept with the newest record of that content. */
  readonly report?: Report | undefined;
  /** Folder of the environments' changelogs; the stack file's where it is absent. */
  readonly changelogs?: string | undefined;
  /** Keeps also releases whose stack file nobody finds any more, as normal ones. */
  readonly adopt?: boolean | undefined;
}

/** Files that were written, relative to the project. */
export interface Kept {
  readonly records: readonly string[];
  readonly changelog?: string;
  /** Records that were kept before. */
  readonly before: number;
}

/**
 * Keeps releases' records in the repository, one file each, where promotion and gates read them, and adds what was released to the
 * environment's changelog (rules N17, H18). What is kept is never written again: a second run writes nothing.
 * @throws Refusal, before anything is written, for kept records that were edited or differ, and for releases of unknown origin.
 */
export async function keepRecords(
  project: string,
  environment: string,
  records: readonly ReleaseRecordData[],
  options: KeepOptions,
): Promise<Kept> {
  const folder = recordsFolder(project);
  await readDeployments(folder);
  const fresh: ReleaseRecordData[] = [];
  const problems: Problem[] = [];
  for (const record of records) {
    const path = recordPath(folder, record);
    const there = await readIfThere(path);
    if (there === undefined) fresh.push(record);
    else if (!holds(there, record)) problems.push({ where: relative(project, path), ...anotherRecord(path) });
  }
  const origins = await originsOf(project, environment, fresh);
  const unknown = fresh.filter(({ hash, outcome }) => outcome === "released" && !origins.has(hash));
  if (options.adopt !== true) problems.push(...unknown.map((record) => noOrigin(environment, record)));
  const judged = fresh.findLast(({ hash }) => hash === options.report?.hash);
  if (options.report !== undefined && judged === undefined && fresh.length > 0)
    problems.push(anotherReport(options.report, fresh));
  if (problems.length > 0) throw new Refusal(`records of ${environment}`, problems);

  const changelog = await addToChangelog(project, environment, fresh, options.changelogs);
  const written: string[] = [];
  for (const record of fresh) {
    const origin = origins.get(record.hash) ?? { lane: { kind: "normal" }, commits: {} };
    const gates = record === judged && options.report ? [options.report] : [];
    written.push(relative(project, await writeRecordFile(folder, { record, ...origin, gates })));
  }
  // What was written must be what the gates can read: otherwise the next release would wait for ever.
  await readDeployments(folder);
  return {
    records: written,
    ...(changelog !== undefined && { changelog }),
    before: records.length - fresh.length,
  };
}

function holds(text: string, record: ReleaseRecordData): boolean {
  const kept = (JSON.parse(text) as { record: Json }).record;
  return canonicalJson(kept) === canonicalJson(JSON.parse(JSON.stringify(record)) as Json);
}

/** Before the records, so that a run that died in between adds what it lacks, and nothing twice. */
async function addToChangelog(
  project: string,
  environment: string,
  fresh: readonly ReleaseRecordData[],
  folder: string | undefined,
): Promise<string | undefined> {
  const { config } = await loadStack(project, environment);
  const changelogs = folder ?? config.records?.changelog;
  const file = environmentChangelogFile(config.grade);
  if (changelogs === undefined || file === undefined) return undefined;
  const path = join(resolve(project, changelogs), file);
  const before = (await readIfThere(path)) ?? "";
  const after = fresh
    .filter(({ outcome }) => outcome === "released")
    .reduce((text, { images, closedAt, openedAt }) => {
      const installed = images.map(({ name, to }) => ({ service: name, version: to, notes: [] }));
      return addInstalled(text, DateTime.fromISO(closedAt ?? openedAt, { zone: "utc" }), installed);
    }, before);
  if (after === before) return undefined;
  await atomically(path, after);
  return relative(project, path);
}

function noOrigin(environment: string, { id, hash }: ReleaseRecordData): Problem {
  return {
    where: id,
    found: `no Pulumi.${environment}.yaml with this content (${hash.slice(0, 19)}), neither here nor in git`,
    allowed:
      "the stack file that was applied: it says which way the release took, and of which commits it is",
    mend: `commit the stack file that was applied, or keep it as a normal release: slipway record ${environment} --adopt`,
  };
}

function anotherReport(report: Report, fresh: readonly ReleaseRecordData[]): Problem {
  return {
    where: "--report",
    found: `gates of ${report.hash.slice(0, 19)}`,
    allowed: `gates of ${fresh.map(({ id, hash }) => `${id} (${hash.slice(0, 19)})`).join(" or ")}`,
    mend: "give the report of this release, or none",
  };
}
