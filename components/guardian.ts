import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { guardRequest, mounts } from "../lib/config/guard-request";
import type { GuardianConfig } from "../lib/config/guardian";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import type { StackConfig } from "../lib/config/stack-config";
import { type ReleaseImage, imageOf } from "./image";

export interface GuardianArgs {
  /** The release that it looks after. */
  readonly release: pulumi.Input<ReleaseInputs>;
  /** Namespace of the workloads that it may put old images on. Example: `nmdc-prod`. */
  readonly namespace: pulumi.Input<string>;
  /** The engine's image, `repository:tag@digest`. */
  readonly image: pulumi.Input<string>;
  /** Names of the workloads, as Kubernetes knows them. Example: `["runtime-api"]`. */
  readonly workloads: readonly string[];
  /** Its Secrets, and how long it may take and stay. */
  readonly guardian: GuardianConfig;
}

/**
 * A Job that outlives whoever releases: when the engine is dead past its lease and the release is undecided, it takes the release back from
 * the database's journal alone, with its own account in the cluster (rules N15, N16). The engine closes no writes before it is on watch.
 */
export class Guardian extends pulumi.ComponentResource {
  constructor(name: string, args: GuardianArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Guardian", name, {}, opts);
    const { namespace } = args;
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: { name, namespace } },
      { parent: this },
    );
    const role = new k8s.rbac.v1.Role(
      `${name}-role`,
      { metadata: { name, namespace }, rules: rules(args.workloads) },
      { parent: this },
    );
    const binding = new k8s.rbac.v1.RoleBinding(
      `${name}-binding`,
      {
        metadata: { name, namespace },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
      },
      { parent: this },
    );
    new k8s.batch.v1.Job(`${name}-job`, job(args, account.metadata.name), {
      parent: this,
      dependsOn: binding,
    });
    this.registerOutputs({});
  }
}

/** The guardian that the stack file asks for; none where it has no such section. */
export function guardianOf(
  { data, services, images: pins }: Pick<StackConfig, "data" | "services" | "images">,
  placed: {
    readonly cluster: { readonly namespace: string; readonly provider: k8s.Provider };
    readonly images: Readonly<Record<string, ReleaseImage>>;
    readonly release: pulumi.Input<ReleaseInputs>;
  },
): Guardian | undefined {
  const { guardian } = data;
  if (guardian === undefined || !Object.hasOwn(pins, guardian.image)) return undefined;
  const { cluster, images, release } = placed;
  return new Guardian(
    "slipway-guardian",
    {
      release,
      namespace: cluster.namespace,
      image: imageOf(images, guardian).reference,
      workloads: Object.keys(services),
      guardian,
    },
    { provider: cluster.provider },
  );
}

/** Just what taking a release back needs: old images on these workloads, and their stuck pods gone. */
function rules(workloads: readonly string[]): k8s.types.input.rbac.v1.PolicyRule[] {
  return [
    {
      apiGroups: ["apps"],
      resources: ["deployments", "statefulsets"],
      resourceNames: [...workloads],
      verbs: ["get", "patch"],
    },
    { apiGroups: [""], resources: ["pods"], verbs: ["list", "delete"] },
  ];
}

function job(args: GuardianArgs, account: pulumi.Input<string>): k8s.batch.v1.JobArgs {
  const { namespace, guardian } = args;
  const labels = { "slipway.dev/role": "guardian" };
  return {
    metadata: {
      namespace,
      labels,
      // The release goes on when the guardian has said in the database that it is on watch; its end comes after the release's.
      annotations: { "pulumi.com/skipAwait": "true" },
    },
    spec: {
      activeDeadlineSeconds: guardian.within,
      ttlSecondsAfterFinished: 24 * 60 * 60,
      backoffLimit: 20,
      template: { metadata: { labels }, spec: pod(args, account) },
    },
  };
}

function pod(
  { release, image, guardian }: GuardianArgs,
  serviceAccountName: pulumi.Input<string>,
): k8s.types.input.core.v1.PodSpec {
  const secrets = Object.entries({ uri: guardian.uri, canary: guardian.canary }).flatMap(([name, secret]) =>
    secret === undefined ? [] : [{ name: name as keyof typeof mounts, ...secret }],
  );
  const request = pulumi.output(release).apply((inputs) => JSON.stringify(guardRequest(inputs)));
  return {
    serviceAccountName,
    restartPolicy: "OnFailure",
    // Old pods are waited for while a release is taken back.
    terminationGracePeriodSeconds: 150,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    volumes: secrets.map(({ name, secret, key }) => ({
      name,
      secret: { secretName: secret, items: [{ key, path: "value" }] },
    })),
    containers: [
      {
        name: "guardian",
        image,
        env: [{ name: "SLIPWAY_REQUEST", value: request }],
        volumeMounts: secrets.map(({ name }) => ({ name, mountPath: mounts[name], readOnly: true })),
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  };
}
