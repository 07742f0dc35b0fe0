import { delimiter, join } from "node:path";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";

/** What `npm start -- --keep` prints at its end: how to look at what runs, and what to try next. */
export function howToLook(environment: EmbeddedEnvironment, state: string): string {
  const project = join(state, "projects", "nmdc-runtime");
  return [
    "",
    "The environment goes on running. To look at it:",
    `  export PATH=${environment.path.join(delimiter)}${delimiter}$PATH SLIPWAY_STATE=${state}`,
    `  export PULUMI_BACKEND_URL=${environment.pulumi.backend} PULUMI_HOME=${environment.pulumi.home}`,
    `  export PULUMI_CONFIG_PASSPHRASE=${environment.pulumi.passphrase} PULUMI_NODEJS_TRANSPILE_ONLY=true PULUMI_IGNORE_AMBIENT_PLUGINS=true`,
    `  kubectl --kubeconfig ${environment.kubeconfig} -n nmdc-dev get pods`,
    `  cd ${project} && pulumi stack output record --stack dev`,
    "",
    "To try next, there: in Pulumi.dev.yaml, set slipway:release, the tags, the digests and slipway:data.schema back to what",
    "they were, and take the release back:",
    "  pulumi preview --stack dev && pulumi up --stack dev",
    "",
    "To stop it: npm run environment -- down",
  ].join("\n");
}
