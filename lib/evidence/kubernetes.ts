import { KubeConfig } from "@kubernetes/client-node";
import { readEmbeddedEnvironment } from "../config/embedded";
import type { ClusterSpec } from "../data/protocol";
import { Refusal } from "../problem";

/**
 * The connection that a release's cluster spec names, and no other.
 * @throws Refusal when the kubeconfig cannot be read or lacks the context.
 */
export function connectCluster(cluster: ClusterSpec): KubeConfig {
  const config = new KubeConfig();
  const path = kubeconfigPath(cluster);
  try {
    if (path === undefined) config.loadFromString(kubeconfigText(cluster));
    else config.loadFromFile(path);
  } catch {
    throw refusal(
      path ?? "slipway:cluster.kubeconfig",
      "no readable kubeconfig",
      "a kubeconfig file or its text",
    );
  }
  if (cluster.context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(cluster.context)) {
      throw refusal(
        "slipway:cluster.context",
        `"${cluster.context}"`,
        `one of ${known.join(", ") || "no context at all"}`,
      );
    }
    config.setCurrentContext(cluster.context);
  }
  return config;
}

function kubeconfigPath({ kubeconfig }: ClusterSpec): string | undefined {
  switch (kubeconfig.kind) {
    case "file":
      return kubeconfig.path;
    case "embedded":
      return readEmbeddedEnvironment().kubeconfig;
    case "env":
      return process.env[kubeconfig.name] ?? "";
    default:
      return undefined;
  }
}

function kubeconfigText({ kubeconfig }: ClusterSpec): string {
  return kubeconfig.kind === "value" ? kubeconfig.value : "";
}

function refusal(where: string, found: string, allowed: string): Refusal {
  return new Refusal("the cluster", [
    { where, found, allowed, mend: "edit slipway:cluster in the stack file" },
  ]);
}
