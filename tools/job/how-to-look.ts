import { delimiter, join } from "node:path";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { current } from "./main-job";
import { temporaryFolder } from "./pulumi-stack";

/** What `npm start -- --keep` prints at its end: how to look at what runs, and what to try next. */
export function howToLook(environment: EmbeddedEnvironment, state: string): string {
  const project = join(state, "projects", "nmdc-runtime");
  const description = join(state, "environment.json");
  return [
    "",
    "The environment goes on running. To look at it:",
    `  export PATH=${environment.path.join(delimiter)}${delimiter}$PATH SLIPWAY_STATE=${state}`,
    `  export PULUMI_BACKEND_URL=${environment.pulumi.backend} PULUMI_HOME=${environment.pulumi.home}`,
    `  export PULUMI_CONFIG_PASSPHRASE=$(node -p 'require("${description}").pulumi.passphrase')`,
    "  export PULUMI_NODEJS_TRANSPILE_ONLY=true PULUMI_IGNORE_AMBIENT_PLUGINS=true PULUMI_SKIP_UPDATE_CHECK=true",
    `  export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true TMPDIR=${temporaryFolder(state)}`,
    `  cd ${project} && pulumi stack output record --stack dev`,
    `  kubectl --kubeconfig ${environment.kubeconfig} -n nmdc-dev get pods   # with a kubectl of your own`,
    ...(environment.node === "played" ? played(state) : []),
    ...(environment.mongo.server === "stand-in"
      ? ["", "The database server is a stand-in for MongoDB: its access control is played."]
      : []),
    "",
    "To try next, there: take the release back, data and images, by the stack file of before:",
    `  cp Pulumi.dev.yaml.${current.version} Pulumi.dev.yaml`,
    "  pulumi preview --stack dev && pulumi up --stack dev",
    "",
    "To stop it: npm run environment -- down",
  ].join("\n");
}

/** What is not what it looks like, where no node runs containers. */
function played(state: string): readonly string[] {
  return [
    "",
    "Played here, as this node runs no containers: pods become ready by themselves, and their `imageID` is the digest that they",
    "were asked for. Of their programs one runs, beside the cluster: the API, with its image's and its pod's environment, at the",
    `\`url\` that Pulumi.dev.yaml names (its log: ${join(state, "logs", "played-api.log")}).`,
  ];
}
