import { existsSync } from "node:fs";
import { Command } from "commander";
import { stateDirectory } from "../../lib/config/embedded";
import { Refusal } from "../../lib/problem";
import { down, up } from "../environment/environment";
import { progressOn } from "../toolchain/progress";
import { HcaIngest } from "./hca-ingest";
import { hcaWalk } from "./hca-walk";

/** The systems that are shown, by the names of their folders in `examples`. */
const examples = ["hca-ingest"] as const;

/** `npm run example <name>`: one system's release on the embedded environment, command by command. */
async function main(): Promise<void> {
  const program = new Command("npm run example --")
    .description("A system's release as its people would do it, on servers of its own.")
    .argument("<name>", examples.join(", "))
    .option("--keep", "leave the environment running")
    .parse();
  const [name = ""] = program.args;
  if (!examples.some((known) => known === name)) throw new Refusal("example", [unknown(name)]);
  const { keep } = program.opts<{ keep?: boolean }>();
  const state = stateDirectory();
  const wasUp = existsSync(`${state}/environment.json`);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      interrupted.abort(new Error(`stopped by ${signal}`));
    });
  const { signal } = interrupted;
  const progress = progressOn(process.stdout);
  const show = (text: string): void => void process.stdout.write(text);
  let step = 0;
  const heading = (title: string): void => {
    signal.throwIfAborted();
    step += 1;
    show(`\n── ${step} ${title}\n`);
  };
  try {
    const environment = await up({ progress, signal });
    const hca = await progress.step("three environments of HCA Ingest", () =>
      HcaIngest.create(environment, state, show, signal),
    );
    await hcaWalk(hca, heading, show);
  } finally {
    if (!wasUp && keep !== true) await down({ progress });
  }
}

function unknown(name: string): { where: string; found: string; allowed: string; mend: string } {
  return {
    where: "<name>",
    found: name,
    allowed: examples.join(", "),
    mend: `npm run example ${examples[0]}; NMDC Runtime's is npm start`,
  };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
