import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { JobConfig } from "../lib/config/jobs";
import { pullPolicy } from "../lib/release/invariants/pinned";
import { environmentOf } from "./pod";

export interface JobArgs {
  /** Namespace; it must exist. Example: `production-stack`. */
  readonly namespace: pulumi.Input<string>;
  /** `repository:tag@digest`. */
  readonly image: pulumi.Input<string>;
  /** Record of the release that it belongs to; each release runs it anew. */
  readonly release: pulumi.Input<string>;
  /** Replaces the image's entry point. Default: the image's. */
  readonly command?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Arguments of the entry point. Default: the image's. Example: `["migrate"]`. */
  readonly args?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Environment: plain values, or a key of a Kubernetes Secret in the namespace. Default: none. */
  readonly env?: JobConfig["env"];
  /** How often a failed pod is tried again. Default: 0. */
  readonly retries?: number;
  /** Seconds until it counts as failed. Default: 600. */
  readonly within?: number;
}

/** Work that runs once per release, to its end, before any workload rolls out: failed, nothing rolls out (rule F23). */
export class Job extends pulumi.ComponentResource {
  constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Job", name, { image: args.image }, opts);

    const within = args.within ?? 600;
    const labels = { job: name };
    // Children do not inherit what a component waits for; the state shall hold the edge all the same.
    const after = opts?.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn };
    new k8s.batch.v1.Job(
      `${name}-job`,
      {
        metadata: {
          name,
          namespace: args.namespace,
          labels,
          annotations: {
            "pulumi.com/timeoutSeconds": String(within),
            // One that failed is made anew, whatever else changed.
            "pulumi.com/replaceUnready": "true",
          },
        },
        spec: {
          backoffLimit: args.retries ?? 0,
          activeDeadlineSeconds: within,
          template: {
            metadata: { labels, annotations: { "slipway.dev/release": args.release } },
            spec: { restartPolicy: "Never", containers: [container(name, args)] },
          },
        },
      },
      { parent: this, deleteBeforeReplace: true, ...after },
    );

    this.registerOutputs({});
  }
}

function container(name: string, { image, command, args, env }: JobArgs): k8s.types.input.core.v1.Container {
  return {
    name,
    image,
    imagePullPolicy: pulumi.output(image).apply(pullPolicy),
    ...(command && { command }),
    ...(args && { args }),
    env: environmentOf(env),
  };
}
