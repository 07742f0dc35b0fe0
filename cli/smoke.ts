import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Command } from "commander";
import { GitRepository } from "../lib/evidence/git-repository";
import { Refusal } from "../lib/problem";
import type { SmokeRecord } from "../lib/release/gates/facts";
import { writeSmoke } from "../lib/release/gates/gather/smoke";
import { loadStack } from "./gated-stack";
import { operator } from "./operator";

/**
 * Runs a source's own test on a clean tree and records it with its commit (rule N1).
 * @throws Refusal for a tree with changes: what is tested would be in no commit. Nothing is recorded then.
 */
export async function smoke(folder: string, command: string, by: string): Promise<SmokeRecord> {
  const repository = await GitRepository.open({ folder });
  if (repository.finding !== "found") throw new Refusal("smoke test", [repository.problem]);
  const before = await repository.value.clean();
  if (before.finding !== "found") throw new Refusal("smoke test", [before.problem]);
  const ok = await runs(command, folder);
  // A test that changes the tree, or a checkout meanwhile, tested something else than the commit.
  const after = await repository.value.clean();
  const cleanTree = after.finding === "found" && after.value === before.value;
  return {
    commit: before.value,
    command,
    outcome: ok ? "success" : "failure",
    cleanTree,
    at: new Date().toISOString(),
    by,
  };
}

/** Its output goes to standard error, so that `--json` stays JSON. */
function runs(command: string, cwd: string): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(command, { cwd, shell: true, stdio: ["ignore", 2, 2] });
    child.on("error", () => {
      done(false);
    });
    child.on("close", (code) => {
      done(code === 0);
    });
  });
}

/** `slipway smoke <environment> [source]`. */
export function registerSmoke(program: Command): void {
  program
    .command("smoke <environment> [source]")
    .description("run a source's own test on a clean tree, and record it as evidence for its commit")
    .option("--json", "print the record as JSON")
    .addHelpText("after", "\nExample: slipway smoke prod runtime")
    .action(async (environment: string, name: string | undefined, { json }: { json?: boolean }) => {
      const project = process.cwd();
      const { config, file } = await loadStack(project, environment);
      const names = Object.keys(config.sources);
      const source = config.sources[name ?? names[0] ?? ""];
      const key = `slipway:sources.${name ?? names[0] ?? "<name>"}`;
      if (source?.smoke === undefined || source.clone === undefined) {
        const allowed = `one of ${names.join(", ") || "none yet"}, with a test (smoke) and a folder (clone)`;
        throw new Refusal(file, [
          {
            where: key,
            found: source === undefined ? "no source" : "no test or no folder",
            allowed,
            mend: `edit ${file}`,
          },
        ]);
      }
      const record = await smoke(resolve(project, source.clone), source.smoke, operator(process.env));
      const path = await writeSmoke(project, record);
      const words = `${record.command} on ${record.commit.slice(0, 8)}: ${record.outcome}${record.cleanTree ? "" : ", but it changed the tree"}`;
      console.log(json === true ? JSON.stringify(record) : `${words}; on record in ${path}`);
      if (record.outcome === "failure" || !record.cleanTree) process.exitCode = 1;
    });
}
