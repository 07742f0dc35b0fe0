import type { Command } from "commander";
import { judgeAll } from "../lib/release/gates/judge";
import { checkPage } from "./check-page";
import { loadStack } from "./gated-stack";
import { factsFor } from "./gathered";

/** `slipway check <environment>`: judges every gate of a stack without touching anything (rule X2); ends with 1 where `up` would refuse. */
export function registerCheck(program: Command): void {
  program
    .command("check <environment>")
    .description("judge every gate of a stack, with the evidence, and change nothing")
    .option("--pull-request <number>", "the pull request in which the change is reviewed", Number)
    .option("--json", "print the whole report as JSON")
    .addHelpText("after", "\nExample: slipway check prod")
    .action(async (environment: string, { pullRequest, json }: { pullRequest?: number; json?: boolean }) => {
      const project = process.cwd();
      const stack = await loadStack(project, environment);
      const facts = await factsFor(project, stack, { pullRequest });
      const report = judgeAll("before", stack.policy, facts);
      console.log(json === true ? JSON.stringify(report, undefined, 2) : checkPage(report, facts));
      if (report.verdict === "refuse" || report.verdict === "waiting") process.exitCode = 1;
    });
}
