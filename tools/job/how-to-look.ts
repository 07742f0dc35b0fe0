import { delimiter, join } from "node:path";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";

/** What `npm start -- --keep` prints at its end: how to look at what runs, and what to try next. */
export function howToLook(environment: EmbeddedEnvironment, state: string): string {
  const file = join(state, "stacks", "Pulumi.dev.yaml");
  const options = `--stack dev --config-file ${file}`;
  return [
    "",
    "The environment goes on running. To look at it:",
    `  export PATH=${environment.path.join(delimiter)}${delimiter}$PATH SLIPWAY_STATE=${state}`,
    `  export PULUMI_BACKEND_URL=${environment.pulumi.backend} PULUMI_HOME=${environment.pulumi.home}`,
    `  export PULUMI_CONFIG_PASSPHRASE=${environment.pulumi.passphrase} PULUMI_NODEJS_TRANSPILE_ONLY=true`,
    `  kubectl --kubeconfig ${environment.kubeconfig} -n nmdc-dev get pods`,
    `  pulumi stack output record ${options.split(" --config")[0] ?? ""} --json`,
    "",
    "To try next:",
    `  edit ${file}`,
    "    set slipway:data.schema.version and the images back to the release before, and take it back:",
    `  pulumi preview ${options} && pulumi up ${options}`,
    "",
    "To stop it: npm run environment -- down",
  ].join("\n");
}
