import { existsSync } from "node:fs";
import { Command } from "commander";
import { type EmbeddedEnvironment, stateDirectory } from "../../lib/config/embedded";
import { Refusal } from "../../lib/problem";
import { down, up } from "../environment/environment";
import { type Progress, progressOn } from "../toolchain/progress";
import { Fragalysis } from "./fragalysis";
import { fragalysisWalk } from "./fragalysis-walk";
import { HcaIngest } from "./hca-ingest";
import { hcaWalk } from "./hca-walk";

/** What a walk is given: the environment, its state directory, and where to show what happens. */
interface Stage {
  readonly environment: EmbeddedEnvironment;
  readonly state: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly heading: (title: string) => void;
  readonly show: (text: string) => void;
}

/** One system that is shown. */
interface Example {
  readonly postgresql: boolean;
  readonly walk: (stage: Stage) => Promise<void>;
}

/** The systems that are shown, by the names of their folders in `examples`. */
const examples: Readonly<Record<string, Example>> = {
  "hca-ingest": {
    postgresql: false,
    walk: async ({ environment, state, progress, signal, heading, show }) => {
      const hca = await progress.step("three environments of HCA Ingest", () =>
        HcaIngest.create(environment, state, show, signal),
      );
      await hcaWalk(hca, heading, show);
    },
  },
  fragalysis: {
    postgresql: true,
    walk: async ({ environment, state, progress, signal, heading, show }) => {
      const fragalysis = await progress.step("three environments of Fragalysis", () =>
        Fragalysis.create(environment, state, show, signal),
      );
      await fragalysisWalk(fragalysis, heading, show);
    },
  },
};
const names = Object.keys(examples).join(", ");

/** `npm run example <name>`: one system's release on the embedded environment, command by command. */
async function main(): Promise<void> {
  const program = new Command("npm run example --")
    .description("A system's release as its people would do it, on servers of its own.")
    .argument("<name>", names)
    .option("--keep", "leave the environment running")
    .parse();
  const [name = ""] = program.args;
  const example = examples[name];
  if (example === undefined) throw new Refusal("example", [unknown(name)]);
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
    await example.walk({ environment, state, progress, signal, heading, show });
  } finally {
    if (!wasUp && keep !== true) await down({ progress });
  }
}

function unknown(name: string): { where: string; found: string; allowed: string; mend: string } {
  return {
    where: "<name>",
    found: name,
    allowed: names,
    mend: `npm run example ${Object.keys(examples)[0] ?? ""}; NMDC Runtime's is npm start`,
  };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
