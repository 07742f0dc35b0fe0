import type { V1Job, V1Secret, V1ServiceAccount } from "@kubernetes/client-node";
import type { ExecutionSpec } from "../execution-spec";
import type { WorkOrder } from "./run-share";
import type { Stage } from "./workers";

/** How a worker ends; the Job's policy acts on it. */
export const workerExit = {
  done: 0,
  /** Anything that another attempt may mend: the storage, the network, the server. */
  again: 1,
  /** A document, a migration or the image: no other attempt ends otherwise, so the whole Job fails at once. */
  refused: 42,
  /** The release went on without this worker. */
  lockLost: 43,
} as const;

/** How often an index may fail by itself; evictions and lost nodes are not counted. */
const attempts = 3;
/** Seconds for which a Job that nobody takes away is kept, for people to look at. */
const keptFor = 3600;
const orderFolder = "/slipway-order";
const home = "/slipway";
/** The engine's image's own user. */
const nobody = 65532;

/** Whose Job it is. */
export interface JobIdentity {
  readonly system: string;
  readonly environment: string;
  readonly token: number;
  /** Of the pass and its stage. Example: `migrate-4`. */
  readonly stage: string;
  readonly namespace: string;
}

export const workerAccount = "slipway-worker";

/** Labels of everything that one release makes in the cluster. */
export function labelsOf({
  system,
  environment,
  token,
}: Omit<JobIdentity, "stage" | "namespace">): Record<string, string> {
  return { ...ownerLabels({ system, environment }), "slipway.dev/token": String(token) };
}

/** Labels by which whatever any release of an environment left is found. */
export function ownerLabels({
  system,
  environment,
}: Pick<JobIdentity, "system" | "environment">): Record<string, string> {
  return {
    "app.kubernetes.io/managed-by": "slipway",
    "slipway.dev/system": system,
    "slipway.dev/environment": environment,
  };
}

/** An account that may do nothing: no role is bound to it, and no pod gets its token. */
export function accountManifest(namespace: string): V1ServiceAccount {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: workerAccount, namespace, labels: { "app.kubernetes.io/managed-by": "slipway" } },
    automountServiceAccountToken: false,
  };
}

/** The order, which holds a connection string: it is mounted, and stands in no argument and no variable (rule X5). */
export function orderManifest(identity: JobIdentity, order: WorkOrder): V1Secret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: jobName(identity), namespace: identity.namespace, labels: labelsOf(identity) },
    stringData: { "order.json": JSON.stringify(order) },
  };
}

/** One pod per index, as many at a time as there are workers. */
export function jobManifest(
  identity: JobIdentity,
  execution: ExecutionSpec,
  { mount, shares }: Omit<Stage, "name">,
): V1Job {
  const labels = labelsOf(identity);
  const { cpu, memory } = execution.resources;
  // Who shares a volume's files is their owner.
  const user = mount === undefined ? nobody : (process.getuid?.() ?? nobody);
  const dumps =
    mount === undefined || execution.claim === undefined ? [] : [{ claimName: execution.claim, mount }];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: jobName(identity), namespace: identity.namespace, labels },
    spec: {
      completionMode: "Indexed",
      completions: shares,
      parallelism: Math.min(execution.workers, shares),
      backoffLimitPerIndex: attempts,
      activeDeadlineSeconds: execution.within,
      ttlSecondsAfterFinished: keptFor,
      podFailurePolicy: {
        rules: [
          {
            action: "FailJob",
            onExitCodes: { operator: "In", values: [workerExit.refused, workerExit.lockLost] },
          },
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 5,
          serviceAccountName: workerAccount,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            runAsUser: user,
            runAsGroup: user,
            fsGroup: user,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: "worker",
              image: execution.image,
              command: [
                `${home}/node`,
                "--enable-source-maps",
                `${home}/build/cli/worker.js`,
                `${orderFolder}/order.json`,
              ],
              env: [{ name: "MALLOC_ARENA_MAX", value: "2" }],
              resources: { requests: { cpu, memory }, limits: { cpu, memory } },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              volumeMounts: [
                { name: "order", mountPath: orderFolder, readOnly: true },
                ...dumps.map(({ mount: mountPath }) => ({ name: "dumps", mountPath })),
                { name: "scratch", mountPath: "/tmp" },
              ],
            },
          ],
          volumes: [
            { name: "order", secret: { secretName: jobName(identity), defaultMode: 0o440 } },
            ...dumps.map(({ claimName }) => ({ name: "dumps", persistentVolumeClaim: { claimName } })),
            { name: "scratch", emptyDir: {} },
          ],
        },
      },
    },
  };
}

/** Short enough for a pod's name and index behind it. */
export function jobName({ token, stage, environment }: JobIdentity): string {
  return `slipway-${environment.slice(0, 20)}-${token}-${stage}`;
}
