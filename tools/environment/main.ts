import { Command } from "commander";
import { stateDirectory } from "../../lib/config/embedded";
import { Refusal } from "../../lib/problem";
import { progressOn } from "../toolchain/progress";
import { down, status, up } from "./environment";

/** The command `environment`: starts, stops and shows the embedded environment of `SLIPWAY_STATE`. */
async function main(): Promise<void> {
  const progress = progressOn(process.stderr);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      interrupted.abort(new Error(`stopped by ${signal}`));
    });
  }
  const program = new Command("environment").description("Starts and stops the project's own servers.");
  program
    .command("up")
    .description("start what is not running; returns when everything answers")
    .option("--played", "do not use a real node, even where the machine allows it")
    .option("--postgresql", "also a PostgreSQL server; from then on this environment has one")
    .action(async (options: { played?: boolean; postgresql?: boolean }) => {
      const environment = await up({
        progress,
        signal: interrupted.signal,
        postgresql: options.postgresql === true,
        node: options.played === true ? "played" : "auto",
      });
      console.log(`up: ${environment.node} node, ${environment.mongo.server}, state in ${stateDirectory()}`);
      console.log(`export KUBECONFIG=${environment.kubeconfig}`);
    });
  program
    .command("down")
    .description("stop everything; the data stay for the next start")
    .action(() => down({ progress }));
  program
    .command("status")
    .description("show what runs; exit code 1 when the environment is not up and well")
    .action(async () => {
      const { environment, servers } = await status();
      for (const [name, runs] of Object.entries(servers)) console.log(`${runs ? "runs " : "ended"}  ${name}`);
      console.log(environment === undefined ? "not up" : `up, ${environment.node} node`);
      if (environment === undefined) process.exitCode = 1;
    });
  await program.parseAsync();
}

main().catch((error: unknown) => {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
});
