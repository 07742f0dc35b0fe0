import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartConfig } from "../lib/config/charts";
import { withValue, type Values } from "../lib/release/chart-values";

export interface HelmReleaseArgs {
  /** Chart, this environment's values, and under which of them it takes what the release decides. */
  readonly chart: ChartConfig;
  /** Folder of the chart as Pulumi's provider finds it, or its `oci://` reference. */
  readonly from: string;
  /** Namespace; it must exist. Example: `staging-environment`. */
  readonly namespace: pulumi.Input<string>;
  /** `repository:tag@digest`. */
  readonly image: pulumi.Input<string>;
  /** Record of the release that this belongs to: each release applies the chart anew. */
  readonly release: pulumi.Input<string>;
  /** Pods (rule H11). */
  readonly replicas: number;
  /** Annotations of the pods, which name the images of other services that they are restarted for (rule H19). Default: none. */
  readonly restartedFor?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Seconds until the roll-out counts as failed. Default: 600. */
  readonly readyWithin?: number;
}

/**
 * A service of the system that a Helm chart makes, awaited until its pods are ready (rule H13). It is never deleted before it is made
 * again (rule H17), and a failed one is left to the engine, which takes data and images back together (rule N16).
 */
export class HelmRelease extends pulumi.ComponentResource {
  constructor(service: string, args: HelmReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:HelmRelease", service, { image: args.image }, opts);

    // Children do not inherit what a component waits for; the state shall hold the edge all the same.
    const after = opts?.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn };
    new k8s.helm.v3.Release(
      `${service}-release`,
      {
        name: service,
        namespace: args.namespace,
        chart: args.from,
        ...(args.chart.version !== undefined && { version: args.chart.version }),
        values: values(args),
        timeout: args.readyWithin ?? 600,
        maxHistory: 10,
        atomic: false,
        cleanupOnFail: false,
        createNamespace: false,
      },
      { parent: this, ...after },
    );

    this.registerOutputs({});
  }
}

/** The environment's values, and in them what the release decides. */
function values({ chart, image, replicas, release, restartedFor }: HelmReleaseArgs): pulumi.Output<Values> {
  return pulumi
    .all([image, release, pulumi.output(restartedFor ?? {})])
    .apply(([reference, record, digests]) => {
      const { keys } = chart;
      const decided: readonly (readonly [string, Values[string]])[] = [
        [keys.image, reference],
        [keys.replicas, replicas],
        [keys.release, record],
        ...(Object.keys(digests).length > 0 ? [[keys.restartedFor, digests] as const] : []),
      ];
      const given: Values = chart.values;
      return decided.reduce((all, [key, value]) => withValue(all, key.split("."), value), given);
    });
}
