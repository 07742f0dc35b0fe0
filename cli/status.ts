import type { Command } from "commander";
import { GitTree } from "../lib/evidence/git-tree";
import type { History } from "../lib/review/history/history";
import { historyInWords, type HistoryLine, historyLines } from "../lib/review/terminal/history-lines";
import { needsAttention, statusInWords, statusOf } from "../lib/review/terminal/status";
import { given } from "./review/given";
import { historyAt } from "./review/history-at";
import { repositoryAt } from "./review/repository-at";

/** `slipway status` and `slipway history`: what git and the records say, of all environments; nobody is asked. */
export function registerStatus(program: Command): void {
  program
    .command("status")
    .description(
      "every environment: what runs, since when, and what was merged and waits; from git and records alone",
    )
    .option("--json", "print as JSON")
    .addHelpText(
      "after",
      `
Exit code: 0 when every environment runs what its stack file asks for, 2 when something waits or does not fit, 1 when it cannot be told.

Example: slipway status`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const status = statusOf(await historyHere(), new Date().toISOString());
      console.log(json === true ? JSON.stringify(status, undefined, 2) : statusInWords(status));
      if (needsAttention(status)) process.exitCode = 2;
    });
  program
    .command("history [environment]")
    .description("every release on record, newest first, of all environments or of one")
    .option("-n, --limit <number>", "so many at most", Number, 20)
    .option("--json", "print as JSON")
    .addHelpText(
      "after",
      `
Exit code: 0, or 1 when a record was edited or cannot be read.

Example: slipway history prod --limit 5`,
    )
    .action(async (environment: string | undefined, { limit, json }: { limit: number; json?: boolean }) => {
      const history = await historyHere();
      const lines: readonly HistoryLine[] = historyLines(history, environment).slice(0, limit);
      console.log(json === true ? JSON.stringify(lines, undefined, 2) : historyInWords(lines, environment));
      for (const { path, found } of history.unreadable) console.error(`${path}: ${found}`);
      if (history.unreadable.length > 0 || lines.some(({ seal }) => seal === "edited")) process.exitCode = 1;
    });
}

/** Of this folder's repository, with records that are not committed yet. */
async function historyHere(): Promise<History> {
  const repository = await repositoryAt(process.cwd());
  return historyAt(repository, given(await GitTree.at(repository, "HEAD")), process.cwd());
}
