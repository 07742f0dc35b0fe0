import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { DateTime } from "luxon";
import { z } from "zod";
import type { ReleaseRecordData } from "../lib/data/protocol";
import { Refusal } from "../lib/problem";
import { recordsFolder } from "../lib/release/gates/gather/project";
import { judgedSchema } from "../lib/release/gates/judged";
import { addInstalled, environmentChangelogFile } from "../lib/release/notes/environment-changelog";
import { atomically } from "../lib/release/promotion/atomic-file";
import { readDeployments, writeRecordFile } from "../lib/release/promotion/record-files";
import { loadStack } from "./gated-stack";

/** A closed record, or the status of a database that has one. */
const input = z.union([
  z
    .looseObject({ last: z.looseObject({ id: z.string(), hash: z.string(), environment: z.string() }) })
    .transform(({ last }) => last),
  z.looseObject({ id: z.string(), hash: z.string(), environment: z.string() }),
]);

export interface Recorded {
  readonly record: string;
  readonly changelog?: string;
}

/**
 * Keeps a release's record in the repository, where promotion and gates read it, and adds it to the environment's changelog.
 * The same record a second time changes nothing.
 * @throws Refusal for another environment's record, and for what is none.
 */
export async function keepRecord(
  project: string,
  environment: string,
  json: string,
  report: string | undefined,
  changelogs: string | undefined,
): Promise<Recorded> {
  const { config } = await loadStack(project, environment);
  const data = parsed(json, environment);
  const commits = Object.fromEntries(
    Object.entries(config.images).flatMap(([name, { commit }]) =>
      commit === undefined ? [] : [[name, commit]],
    ),
  );
  const gates = report === undefined ? [] : [judgedSchema.parse(JSON.parse(report))];
  const path = await writeRecordFile(recordsFolder(project), {
    record: data,
    lane: config.lane,
    commits,
    gates,
  });
  // What was written must be what the gates can read: otherwise the next release would wait for ever.
  await readDeployments(recordsFolder(project));
  const file = environmentChangelogFile(config.grade);
  if (changelogs === undefined || file === undefined || data.outcome !== "released") return { record: path };
  const changelog = join(changelogs, file);
  const installed = data.images.map(({ name, to }) => ({ service: name, version: to, notes: [] }));
  await atomically(
    changelog,
    addInstalled(
      await readOrEmpty(changelog),
      DateTime.fromISO(data.closedAt ?? data.openedAt, { zone: "utc" }),
      installed,
    ),
  );
  return { record: path, changelog };
}

function parsed(json: string, environment: string): ReleaseRecordData {
  const refusal = (found: string): Refusal =>
    new Refusal("record", [
      {
        where: "standard input",
        found,
        allowed: `a release record of ${environment}`,
        mend: `slipway data status ${environment} --json | slipway record ${environment}`,
      },
    ]);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw refusal("no JSON");
  }
  const result = input.safeParse(value);
  if (!result.success) throw refusal("no record");
  if (result.data.environment !== environment) throw refusal(`a record of ${result.data.environment}`);
  return result.data as unknown as ReleaseRecordData;
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** `slipway record <environment>`. */
export function registerRecord(program: Command): void {
  program
    .command("record <environment>")
    .description(
      "keep the last release's record in the repository, from standard input; commit the file it names",
    )
    .option("--report <file>", "what `slipway check --json` said before the release")
    .option("--changelog <folder>", "add the release to the environment's changelog in this folder")
    .option("--json", "print what was written as JSON")
    .addHelpText("after", "\nExample: slipway data status prod --json | slipway record prod")
    .action(
      async (
        environment: string,
        { report, changelog, json }: { report?: string; changelog?: string; json?: boolean },
      ) => {
        const said = report === undefined ? undefined : await readFile(report, "utf8");
        const kept = await keepRecord(process.cwd(), environment, await text(process.stdin), said, changelog);
        console.log(
          json === true
            ? JSON.stringify(kept)
            : [kept.record, ...(kept.changelog === undefined ? [] : [kept.changelog])].join("\n"),
        );
      },
    );
}
