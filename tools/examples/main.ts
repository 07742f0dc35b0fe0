import { existsSync } from "node:fs";
import { Command } from "commander";
import { stateDirectory } from "../../lib/config/embedded";
import { Refusal } from "../../lib/problem";
import { down, up } from "../environment/environment";
import { progressOn } from "../toolchain/progress";
import { type Example, examples } from "./examples";

/** `npm run example <name>`: one system's release on the embedded environment, command by command. */
async function main(): Promise<void> {
  const program = new Command("npm run example --")
    .description("A system's release as its people would do it, on servers of its own.")
    .argument("<name>", Object.keys(examples).join(", "))
    .option("--keep", "leave the environment running")
    .parse();
  const example = named(program.args[0] ?? "");
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
    const environment = await up({ progress, signal, postgresql: example.postgresql });
    await example.walk({ environment, state, progress, show, signal, heading });
  } finally {
    if (!wasUp && keep !== true) await down({ progress });
  }
}

function named(name: string): Example {
  const example = Object.entries(examples).find(([known]) => known === name);
  if (example !== undefined) return example[1];
  const names = Object.keys(examples);
  throw new Refusal("example", [
    {
      where: "<name>",
      found: name,
      allowed: names.join(", "),
      mend: `npm run example ${names[0] ?? ""}; NMDC Runtime's is npm start`,
    },
  ]);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
