import { type Command, Option } from "commander";
import { Refusal } from "../lib/problem";
import { atomically } from "../lib/release/promotion/atomic-file";
import { releaseComment } from "../lib/review/diff/comment";
import { diffPage } from "../lib/review/diff/diff-page";
import { isBroken, type ReleaseDiff } from "../lib/review/diff/release-diff";
import { jobForge, putReleaseComment } from "./review/comment";
import { diffAt } from "./review/diff-at";
import { namedFiles } from "./review/part-files";
import { repositoryAt } from "./review/repository-at";

const formats = ["markdown", "html", "json"] as const;

interface Options {
  readonly format: (typeof formats)[number];
  readonly out?: string;
  readonly comment?: string | true;
  readonly gates: readonly string[];
  readonly plan: readonly string[];
  readonly data: readonly string[];
  readonly fetch?: boolean;
}

/** `slipway diff <base>..<head>`: from git alone; what needs more is handed over in files, and said where it is missing. */
export function registerDiff(program: Command): void {
  program
    .command("diff <range>")
    .description(
      "what the commits of a range release, per environment: for a reviewer before, as the record after",
    )
    .addOption(new Option("--format <format>", "how it is written").choices(formats).default("markdown"))
    .option("--out <file>", "write it there instead of printing it")
    .option(
      "--comment [number]",
      "put it under this pull or merge request, or under the one that brought head in; one comment, updated in place",
    )
    .option("--gates <environment=file>", "what `slipway check --json` said; repeatable", collect, [])
    .option("--plan <environment=file>", "what `pulumi preview --json` said; repeatable", collect, [])
    .option("--data <environment=file>", "what `slipway data plan --json` said; repeatable", collect, [])
    .option("--fetch", "clone source repositories that are not on this machine (needs a network)")
    .addHelpText(
      "after",
      `
Exit code: 0 when all was said, 1 when a stack file is broken or a commit is not there.

Example: slipway diff origin/main..HEAD
Example: slipway diff origin/main..HEAD --comment 42 --gates prod=gates.json --plan prod=plan.json`,
    )
    .action(async (range: string, { format, out, comment, gates, plan, data, fetch }: Options) => {
      const project = process.cwd();
      const files = {
        gates: namedFiles("--gates", gates),
        plan: namedFiles("--plan", plan),
        data: namedFiles("--data", data),
      };
      const now = new Date().toISOString();
      const diff = await diffAt(await repositoryAt(project), range, {
        project,
        files,
        fetch: fetch === true,
        now,
      });
      const text = written(diff, format);
      if (out !== undefined) await atomically(out, text);
      else if (comment === undefined) process.stdout.write(text);
      if (comment !== undefined) {
        const number = comment === true ? undefined : requestNumber(comment);
        const put = await putReleaseComment(
          jobForge(process.env),
          number,
          diff.head.id,
          releaseComment(diff),
        );
        console.log(`comment ${put.did === "nothing" ? "unchanged" : put.did}: ${put.link}`);
      }
      if (isBroken(diff)) process.exitCode = 1;
    });
}

function written(diff: ReleaseDiff, format: Options["format"]): string {
  switch (format) {
    case "markdown":
      return releaseComment(diff);
    case "html":
      return diffPage(diff).toString();
    case "json":
      return `${JSON.stringify(diff, undefined, 2)}\n`;
  }
}

function requestNumber(text: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw new Refusal("diff", [
    {
      where: "--comment",
      found: text,
      allowed: "the number of a pull or merge request",
      mend: "--comment 42",
    },
  ]);
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
