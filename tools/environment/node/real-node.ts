import { statfs } from "node:fs/promises";
import { stringify } from "yaml";
import type { Json } from "../../../lib/content-hash";
import type { Toolchain } from "../../toolchain/toolchain";
import { kubeconfigOf } from "../kubeconfig";
import type { Layout } from "../layout";
import type { ServerPlan } from "../processes";
import { addressesOf, namesOf, type Settings } from "../settings";
import { machinePath, type NodePrograms } from "./machine";
import { pauseImage } from "./pause-image";

/** The magic number of overlayfs, on which no further overlay can be mounted. */
const overlayFs = 0x794c7630;

export function containerdSocket(layout: Layout): string {
  return layout.run("containerd.sock");
}

export function containerd(layout: Layout, programs: NodePrograms): ServerPlan {
  return {
    name: "containerd",
    command: programs.containerd,
    args: [`--config=${layout.run("containerd.toml")}`],
    env: { PATH: machinePath() },
  };
}

/** containerd's configuration: everything under the state directory, nothing in the machine's own places. */
export async function containerdConfig(layout: Layout, programs: NodePrograms): Promise<string> {
  const { type } = await statfs(layout.state);
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${layout.run("containerd", "root")}"
state = "${layout.run("containerd", "state")}"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs"]
[grpc]
  address = "${containerdSocket(layout)}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${layout.run("containerd", "opt")}"
[${cri}]
  sandbox_image = "${pauseImage}"
  # Without it runc fails where root may not lower a process's out-of-memory score.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [${cri}.cni]
    bin_dir = "${programs.cni}"
    conf_dir = "${layout.run("cni")}"
  [${cri}.containerd]
    snapshotter = "${type === overlayFs ? "native" : "overlayfs"}"
    default_runtime_name = "runc"
    [${cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [${cri}.containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "${layout.run("runc")}"
`;
}

/** The pods' network: the bridge that is already there, addresses kept in the state directory, no way out of this machine. */
export function cniConfig(layout: Layout, settings: Settings): Json {
  const { bridge } = namesOf(layout);
  const { pods } = addressesOf(settings);
  return {
    cniVersion: "0.4.0",
    name: bridge,
    plugins: [
      {
        type: "bridge",
        bridge,
        // The bridge has its address already; as gateway the plugin would turn on forwarding for the whole machine.
        isGateway: false,
        ipMasq: false,
        ipam: { type: "host-local", subnet: pods, dataDir: layout.run("cni-addresses") },
      },
    ],
  };
}

export function kubelet(layout: Layout, settings: Settings, tools: Toolchain): ServerPlan {
  const { node } = namesOf(layout);
  const { gateway } = addressesOf(settings);
  return {
    name: "kubelet",
    command: tools.executable("kubelet"),
    args: [
      `--config=${layout.run("kubelet.yaml")}`,
      `--kubeconfig=${kubeconfigOf(layout, "node")}`,
      `--hostname-override=${node}`,
      `--node-ip=${gateway}`,
      `--root-dir=${layout.run("kubelet")}`,
      `--cert-dir=${layout.run("kubelet-pki")}`,
      "--node-labels=slipway.dev/node=real",
    ],
    env: { PATH: machinePath() },
  };
}

/** The kubelet listens on the bridge only, and answers only who has a certificate of our authority and a role that allows it. */
export function kubeletConfig(layout: Layout, settings: Settings): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: addressesOf(settings).gateway,
    port: settings.ports.kubelet,
    healthzPort: 0,
    readOnlyPort: 0,
    tlsCertFile: layout.pki("kubelet.crt"),
    tlsPrivateKeyFile: layout.pki("kubelet.key"),
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: false },
      x509: { clientCAFile: layout.pki("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    containerRuntimeEndpoint: `unix://${containerdSocket(layout)}`,
    cgroupDriver: "cgroupfs",
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    podLogsDir: layout.run("pod-logs"),
    volumePluginDir: layout.run("volume-plugins"),
    staticPodPath: "",
    serializeImagePulls: false,
    nodeStatusUpdateFrequency: "5s",
    // The disk is the user's own: how full it is must neither evict pods nor remove images.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: { "memory.available": "50Mi", "nodefs.available": "0%", "imagefs.available": "0%" },
  });
}
