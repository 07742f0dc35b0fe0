import * as pulumi from "@pulumi/pulumi";
import * as cloud from "@pulumi/pulumiservice";
import { triggerOf } from "../lib/release/triggers";
import type { DeployedStack } from "./stacks";

export interface StackDeploymentArgs {
  /** Organization in Pulumi Cloud. Example: `microbiomedata`. */
  readonly organization: pulumi.Input<string>;
  /** Pulumi project of the stack. Example: `nmdc-runtime`. */
  readonly project: string;
  /** The release repository, `owner/name`. */
  readonly repository: pulumi.Input<string>;
  /** The stack; decides what starts a release, so it is plain. */
  readonly stack: DeployedStack;
}

/**
 * Pulumi Deployments of one stack: `up` when a change of its trigger is pushed, `preview` of a pull request, drift told every night.
 * Drift is never put right by itself: what differs may be a database (rule N18).
 */
export class StackDeployment extends pulumi.ComponentResource {
  /** What starts a release of the stack, for people. Example: `prod: main, Pulumi.prod.yaml`. */
  public readonly released: string;

  constructor(name: string, args: StackDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:deployments:StackDeployment", name, {}, opts);
    const { organization, project } = args;
    const trigger = triggerOf(args.stack);
    const stack = args.stack.environment;

    const settings = new cloud.DeploymentSettings(
      `${name}-settings`,
      {
        organization,
        project,
        stack,
        sourceContext: { git: { branch: `refs/heads/${trigger.branch}` } },
        vcs: {
          provider: "github",
          repository: args.repository,
          paths: [...trigger.paths],
          deployCommits: true,
          previewPullRequests: true,
          pullRequestTemplate: false,
        },
        operationContext: {
          preRunCommands: ["npm ci", "npm run build"],
          options: {
            skipInstallDependencies: true,
            // Each release is one on record; none is swallowed by the next.
            skipIntermediateDeployments: false,
            deleteAfterDestroy: false,
          },
        },
      },
      { parent: this },
    );
    new cloud.DriftSchedule(
      `${name}-drift`,
      { organization, project, stack, scheduleCron: "0 3 * * *", autoRemediate: false },
      { parent: this, dependsOn: settings },
    );

    this.released = `${stack}: ${trigger.branch}, ${trigger.paths.join(" ")}`;
    this.registerOutputs({ released: this.released });
  }
}
