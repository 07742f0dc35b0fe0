import { join } from "node:path";
import type { Json } from "../../../lib/content-hash";
import { compiledFile } from "../../../lib/package-root";
import { packageRoot } from "../../../lib/package-root";
import type { Toolchain } from "../../toolchain/toolchain";
import { kubeconfigOf } from "../kubeconfig";
import type { Layout } from "../layout";
import type { ServerPlan } from "../processes";

/** kwok plays the kubelet: pods become ready without containers, as the stages in `played-stages.yaml` say. */
export function kwok(layout: Layout, tools: Toolchain): ServerPlan {
  return {
    name: "kwok",
    command: tools.executable("kwok"),
    args: [
      `--kubeconfig=${kubeconfigOf(layout, "admin")}`,
      `--config=${join(packageRoot(), "tools", "environment", "node", "played-stages.yaml")}`,
      "--manage-all-nodes=true",
      "--cidr=10.0.0.1/24",
      "--node-ip=10.0.0.1",
      // Its own sign of life is rarer than the controllers' patience: they would take every pod for not ready.
      "--node-lease-duration-seconds=40",
    ],
  };
}

/**
 * What kwok does not do: runs the API of every namespace that asks for it, as a process beside the cluster.
 * @param program file of the API's program.
 */
export function playedApi(layout: Layout, program: string): ServerPlan {
  const main = compiledFile("tools/environment/node/played-api-main.js");
  return { name: "played-api", command: process.execPath, args: [main, layout.state, program] };
}

/** The node that kwok plays. */
export function playedNode(name: string): Json {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0" },
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "slipway.dev/node": "played" },
    },
  };
}
