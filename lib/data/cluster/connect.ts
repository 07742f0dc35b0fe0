import type { ClusterSpec } from "../protocol";
import type { Secrets } from "../secrets";

/** The cluster of a release, by its own kubeconfig and context only. Loaded where there is one to ask: the client costs a second. */
export async function connectCluster(spec: Omit<ClusterSpec, "workloads">, secrets: Secrets) {
  const { KubeConfig, KubernetesObjectApi, PatchStrategy } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if (spec.kubeconfig.kind === "in-cluster") config.loadFromCluster();
  else config.loadFromString(secrets.kubeconfig(spec.kubeconfig, "cluster.kubeconfig"));
  if (spec.context !== undefined) config.setCurrentContext(spec.context);
  return { api: KubernetesObjectApi.makeApiClient(config), strategic: PatchStrategy.StrategicMergePatch };
}

/** What is to be deleted or read may be gone already. */
export function isGone(error: unknown): boolean {
  return hasStatus(error, 404);
}

/** Whether the API server answered with this HTTP status. */
export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof Error && "code" in error && error.code === status;
}
