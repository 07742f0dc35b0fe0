import type { Command } from "commander";
import { connectCluster } from "../lib/evidence/kubernetes";
import { Refusal } from "../lib/problem";
import { RedButton } from "../lib/release/red-button/red-button";
import { specOf } from "./data-spec";
import { operator } from "./operator";

/** `slipway stop` and `slipway start`: the red button of an environment, and its way back (rule H24). */
export function registerRedButton(program: Command): void {
  program
    .command("stop <environment>")
    .description("the red button: every Deployment of the namespace to no pod, at once; stores go on running")
    .requiredOption("--reason <text>", "why; it stands on everything that is stopped")
    .option("--json", "print what was stopped as JSON")
    .addHelpText("after", '\nExample: slipway stop prod --reason "wrong data are being exported"')
    .action(async (environment: string, { reason, json }: { reason: string; json?: boolean }) => {
      const at = new Date().toISOString();
      const stopped = await buttonOf(environment).press({ by: operator(process.env), at, reason });
      if (json === true) {
        console.log(JSON.stringify({ stopped }));
        return;
      }
      console.log(stopped.length === 0 ? "stopped already" : `stopped: ${stopped.join(", ")}`);
      console.log(`the way back: slipway start ${environment}`);
    });
  program
    .command("start <environment>")
    .description("the way back from `stop`: the pods that ran, once every store is ready")
    .option("--within <seconds>", "how long the stores may take", "120")
    .option("--json", "print what was started as JSON")
    .addHelpText("after", "\nExample: slipway start prod")
    .action(async (environment: string, { within, json }: { within: string; json?: boolean }) => {
      const started = await buttonOf(environment).release(Number(within));
      const words = started.length === 0 ? "nothing is stopped" : `started: ${started.join(", ")}`;
      console.log(json === true ? JSON.stringify({ started }) : words);
    });
}

function buttonOf(environment: string): RedButton {
  const { cluster } = specOf(environment);
  if (cluster === undefined) throw new Refusal("the red button", [noCluster]);
  return new RedButton(connectCluster(cluster), cluster.namespace);
}

const noCluster = {
  where: "slipway:cluster",
  found: "no cluster",
  allowed: "the cluster of the services",
  mend: "edit the stack file",
};
