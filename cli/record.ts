import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { z } from "zod";
import type { ReleaseRecordData } from "../lib/data/protocol";
import { Refusal } from "../lib/problem";
import { recordsFolder } from "../lib/release/gates/gather/project";
import { judgedSchema } from "../lib/release/gates/judged";
import { readDeployments } from "../lib/release/promotion/record-files";
import { specOf } from "./data-spec";
import { askEngine } from "./engine-process";
import { givenFile } from "./given-file";
import { type Kept, keepRecords } from "./record-keeper";

interface Options {
  readonly from?: string;
  readonly report?: string;
  readonly changelog?: string;
  readonly adopt?: boolean;
  readonly verify?: boolean;
  readonly json?: boolean;
}

/** `slipway record <environment>`. */
export function registerRecord(program: Command): void {
  program
    .command("record <environment>")
    .description("keep the records of the database's journal in the repository; commit the files it names")
    .option(
      "--from <file>",
      "a record, or what `slipway data status --json` said, instead of the database; - is standard input",
    )
    .option("--report <file>", "what `slipway check --json` said before the release")
    .option("--changelog <folder>", "add what was released to the environment's changelog in this folder")
    .option("--adopt", "keep also releases whose stack file nobody finds any more, as normal ones")
    .option("--verify", "only look whether the kept records are as they were written")
    .option("--json", "print what was written, or looked at, as JSON")
    .addHelpText("after", "\nExample: slipway record prod --report report.json")
    .action(async (environment: string, options: Options) => {
      const project = process.cwd();
      if (options.verify === true) {
        const records = await verifyRecords(project, environment);
        const words = `${records} records of ${environment}, as they were written`;
        console.log(options.json === true ? JSON.stringify({ environment, records }) : words);
        return;
      }
      const { report, changelog: changelogs, adopt } = options;
      const records =
        options.from === undefined ? await journal(environment) : await given(options.from, environment);
      const judged =
        report === undefined
          ? undefined
          : judgedSchema.parse(JSON.parse(await givenFile(report, "--report")));
      const kept = await keepRecords(project, environment, records, { report: judged, changelogs, adopt });
      console.log(options.json === true ? JSON.stringify(kept) : inWords(kept));
    });
}

/** Counts an environment's kept records, reading each; writes nothing. @throws Refusal that names each one that was edited. */
export async function verifyRecords(project: string, environment: string): Promise<number> {
  const kept = await readDeployments(recordsFolder(project));
  return kept.filter((one) => one.environment === environment).length;
}

async function journal(environment: string): Promise<readonly ReleaseRecordData[]> {
  const { records } = await askEngine({ do: "records", spec: specOf(environment) }, "records");
  return records.filter((record) => record.environment === environment);
}

const recordSchema = z.looseObject({ id: z.string(), hash: z.string(), environment: z.string() });
const givenSchema = z.union([
  z.looseObject({ last: recordSchema }).transform(({ last }) => last),
  recordSchema,
]);

/** One record that somebody hands over. @throws Refusal for another environment's, and for what is none. */
async function given(from: string, environment: string): Promise<readonly ReleaseRecordData[]> {
  return [recordIn(from === "-" ? await text(process.stdin) : await givenFile(from, "--from"), environment)];
}

/** The record of a text. @throws Refusal for another environment's, and for what is none. */
export function recordIn(json: string, environment: string): ReleaseRecordData {
  const refusal = (found: string): Refusal =>
    new Refusal("record", [
      {
        where: "--from",
        found,
        allowed: `a release record of ${environment}`,
        mend: `slipway record ${environment}`,
      },
    ]);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw refusal("no JSON");
  }
  const result = givenSchema.safeParse(value);
  if (!result.success) throw refusal("no record");
  if (result.data.environment !== environment) throw refusal(`a record of ${result.data.environment}`);
  return result.data as unknown as ReleaseRecordData;
}

function inWords({ records, changelog, before }: Kept): string {
  const written = [...records, ...(changelog === undefined ? [] : [changelog])];
  return written.length === 0 ? `nothing new: ${before} records are kept` : written.join("\n");
}
