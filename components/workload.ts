import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ServiceConfig } from "../lib/config/services";
import { pullPolicy } from "../lib/release/invariants/pinned";
import { environmentOf } from "./pod";

export interface WorkloadArgs {
  /** Deployment, or StatefulSet where pods have names of their own and go one after the other. */
  readonly kind: ServiceConfig["kind"];
  /** Namespace; it must exist. Example: `nmdc-dev`. */
  readonly namespace: pulumi.Input<string>;
  /** `repository:tag@digest`. */
  readonly image: pulumi.Input<string>;
  /** Record of the release that this belongs to; a retried release is applied again even where nothing else differs. */
  readonly release: pulumi.Input<string>;
  /** Pods. Default: 1. */
  readonly replicas?: pulumi.Input<number> | undefined;
  /** Port that it serves; without one it gets no Service. Example: 8000. */
  readonly port?: number | undefined;
  /** How readiness is asked for; needs a port. Default: none, running is ready. */
  readonly ready?: ServiceConfig["ready"];
  /** Replaces the image's entry point. Default: the image's. */
  readonly command?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Environment: plain values, or a key of a Kubernetes Secret in the namespace. Default: none. */
  readonly env?: ServiceConfig["env"];
  /** What it asks of the node. Default: nothing. */
  readonly requests?: ServiceConfig["requests"];
  /** What it may take at most. Default: no limit. */
  readonly limits?: ServiceConfig["limits"];
  /** `stop-first` stops the old pods before the new start (rule A16). Default: `rolling`. */
  readonly strategy?: ServiceConfig["strategy"];
  /** Seconds until the roll-out counts as failed. Default: 600. */
  readonly readyWithin?: number;
  /** Annotations of the pods, which name the images of other services that they are restarted for (rule H19). Default: none. */
  readonly restartedFor?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A service of the system: Deployment or StatefulSet, and a Service where it serves; awaited until its pods are ready. */
export class Workload extends pulumi.ComponentResource {
  /** Name in the cluster, the same as in the stack file. */
  public readonly workloadName: pulumi.Output<string>;

  constructor(
    private readonly service: string,
    args: WorkloadArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:index:Workload", service, { image: args.image }, opts);

    const labels = { app: service };
    // Children do not inherit what a component waits for; the state shall hold the edge all the same.
    const after = opts?.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn };
    const pods = this.pods(labels, args, { parent: this, ...after });
    if (args.port !== undefined) this.createService(labels, args.port, args);

    this.workloadName = pods.metadata.name;
    this.registerOutputs({ workloadName: this.workloadName });
  }

  private pods(
    labels: Labels,
    args: WorkloadArgs,
    opts: pulumi.CustomResourceOptions,
  ): k8s.apps.v1.Deployment | k8s.apps.v1.StatefulSet {
    const metadata = {
      name: this.service,
      namespace: args.namespace,
      labels,
      annotations: {
        "slipway.dev/release": args.release,
        "pulumi.com/timeoutSeconds": String(args.readyWithin ?? 600),
        // The engine puts old images back when a release is taken back; the next release must win over that.
        "pulumi.com/patchForce": "true",
      },
    };
    const common = {
      replicas: args.replicas ?? 1,
      selector: { matchLabels: labels },
      template: podTemplate(this.service, labels, args),
    };
    if (args.kind === "StatefulSet") {
      const spec = { ...common, serviceName: this.service };
      return new k8s.apps.v1.StatefulSet(`${this.service}-statefulset`, { metadata, spec }, opts);
    }
    const spec = {
      ...common,
      progressDeadlineSeconds: args.readyWithin ?? 600,
      strategy: deploymentStrategy(args.strategy),
    };
    return new k8s.apps.v1.Deployment(`${this.service}-deployment`, { metadata, spec }, opts);
  }

  private createService(labels: Labels, port: number, args: WorkloadArgs): void {
    new k8s.core.v1.Service(
      `${this.service}-service`,
      {
        metadata: {
          name: this.service,
          namespace: args.namespace,
          labels,
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: { selector: labels, ports: [{ name: "http", port, targetPort: port }] },
      },
      { parent: this },
    );
  }
}

type Labels = Readonly<Record<string, string>>;

function podTemplate(
  name: string,
  labels: Labels,
  args: WorkloadArgs,
): k8s.types.input.core.v1.PodTemplateSpec {
  return {
    metadata: { labels: { ...labels }, ...restartAnnotations(args.restartedFor) },
    spec: {
      containers: [
        {
          name,
          image: args.image,
          imagePullPolicy: pulumi.output(args.image).apply(pullPolicy),
          ...(args.command && { command: args.command }),
          env: environmentOf(args.env),
          resources: { requests: definedOf(args.requests), limits: definedOf(args.limits) },
          ...(args.port !== undefined && { ports: [{ name: "http", containerPort: args.port }] }),
          ...(args.port !== undefined &&
            args.ready && { readinessProbe: readinessProbe(args.port, args.ready) }),
        },
      ],
    },
  };
}

/** Old pods go only when new ones are ready: a roll-out that never becomes ready leaves the old ones serving. */
function deploymentStrategy(
  strategy: WorkloadArgs["strategy"] = "rolling",
): k8s.types.input.apps.v1.DeploymentStrategy {
  return strategy === "stop-first"
    ? { type: "Recreate" }
    : { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
}

/** Pods whose annotations change are made anew, one after the other: so a cache of other services' data goes (rule H19). */
function restartAnnotations(restartedFor: WorkloadArgs["restartedFor"]): k8s.types.input.meta.v1.ObjectMeta {
  return Object.keys(restartedFor ?? {}).length === 0 ? {} : { annotations: { ...restartedFor } };
}

function readinessProbe(
  port: number,
  ready: NonNullable<ServiceConfig["ready"]>,
): k8s.types.input.core.v1.Probe {
  const question =
    ready.path === undefined ? { tcpSocket: { port } } : { httpGet: { path: ready.path, port } };
  return {
    ...question,
    initialDelaySeconds: ready.delay,
    periodSeconds: ready.period,
    failureThreshold: ready.failures,
  };
}

function definedOf(resources: ServiceConfig["requests"]): Record<string, string> {
  const { cpu, memory } = resources ?? {};
  return { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
}
