import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterConfig } from "../lib/config/cluster";
import { readEmbeddedEnvironment } from "../lib/config/embedded";
import { Refusal } from "../lib/problem";

export interface ClusterArgs {
  /** The cluster that the stack file names; decides which kubeconfig is read, so it is plain. */
  readonly cluster: ClusterConfig;
}

/** The cluster that the stack file names, and no other: no kubeconfig is taken because it happened to be there. */
export class Cluster extends pulumi.ComponentResource {
  /** Provider for everything that runs in the cluster. */
  public readonly provider: k8s.Provider;
  /** Namespace of the system's workloads. */
  public readonly namespace: string;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Cluster", name, {}, opts);
    const { cluster } = args;

    this.namespace = cluster.namespace;
    this.provider = new k8s.Provider(
      `${name}-provider`,
      {
        kubeconfig: kubeconfig(cluster),
        namespace: cluster.namespace,
        // The same cluster at another address (a restarted environment) must not replace every workload.
        clusterIdentifier: cluster.kind === "embedded" ? "embedded" : cluster.context,
        ...(cluster.kind === "context" && { context: cluster.context }),
      },
      { parent: this },
    );

    this.registerOutputs({ namespace: this.namespace });
  }
}

function kubeconfig(cluster: ClusterConfig): pulumi.Output<string> {
  if (cluster.kind === "embedded")
    return pulumi.secret(readFileSync(readEmbeddedEnvironment().kubeconfig, "utf8"));
  const source = cluster.kubeconfig;
  if ("secret" in source) return new pulumi.Config("slipway").requireSecret(source.secret);
  const path = "file" in source ? source.file : process.env[source.env];
  try {
    return pulumi.secret(readFileSync(path ?? "", "utf8"));
  } catch {
    const where = "file" in source ? source.file : `environment variable ${source.env}`;
    throw new Refusal(`cluster "${cluster.context}"`, [
      {
        where: "slipway:cluster.kubeconfig",
        found: path === undefined ? `${where} is not set` : `${where} names no readable file`,
        allowed: "a readable kubeconfig file",
        mend: `edit Pulumi.${pulumi.getStack()}.yaml, or provide the file`,
      },
    ]);
  }
}
