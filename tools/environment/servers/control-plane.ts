import type { Toolchain } from "../../toolchain/toolchain";
import { kubeconfigOf } from "../kubeconfig";
import type { Layout } from "../layout";
import type { ServerPlan } from "../processes";
import type { Settings } from "../settings";

/** The cluster's database. Its clients show a certificate of our authority: nobody else on the machine reads it. */
export function etcd(layout: Layout, { ports }: Settings, tools: Toolchain): ServerPlan {
  const client = `https://127.0.0.1:${ports.etcd}`;
  const peer = `https://127.0.0.1:${ports.etcdPeer}`;
  return {
    name: "etcd",
    command: tools.executable("etcd"),
    args: [
      "--name=embedded",
      `--data-dir=${layout.at("etcd")}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=embedded=${peer}`,
      ...["", "peer-"].flatMap((side) => [
        `--${side}cert-file=${layout.pki("etcd.crt")}`,
        `--${side}key-file=${layout.pki("etcd.key")}`,
        `--${side}trusted-ca-file=${layout.pki("ca.crt")}`,
        `--${side}client-cert-auth`,
      ]),
      // What the kernel has survives a killed process; only a power cut could cost data, and these are throw-away.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
  };
}

export function apiServer(layout: Layout, { ports, services }: Settings, tools: Toolchain): ServerPlan {
  return {
    name: "kube-apiserver",
    command: tools.executable("kube-apiserver"),
    args: [
      `--etcd-servers=https://127.0.0.1:${ports.etcd}`,
      `--etcd-cafile=${layout.pki("ca.crt")}`,
      `--etcd-certfile=${layout.pki("etcd-client.crt")}`,
      `--etcd-keyfile=${layout.pki("etcd-client.key")}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.api}`,
      `--tls-cert-file=${layout.pki("api.crt")}`,
      `--tls-private-key-file=${layout.pki("api.key")}`,
      `--client-ca-file=${layout.pki("ca.crt")}`,
      `--kubelet-client-certificate=${layout.pki("kubelet-client.crt")}`,
      `--kubelet-client-key=${layout.pki("kubelet-client.key")}`,
      `--kubelet-certificate-authority=${layout.pki("ca.crt")}`,
      "--kubelet-preferred-address-types=InternalIP",
      `--token-auth-file=${layout.at("tokens.csv")}`,
      "--anonymous-auth=false",
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${layout.pki("service-accounts.crt")}`,
      `--service-account-signing-key-file=${layout.pki("service-accounts.key")}`,
      `--service-cluster-ip-range=${services}`,
      // It listens on loopback only, so it has no address that an endpoint could name.
      "--endpoint-reconciler-type=none",
      "--profiling=false",
    ],
  };
}

/** The file of `--token-auth-file`: token, user, id, groups. */
export function tokenFile(settings: Settings, node: string): string {
  const { admin, controllers, scheduler, node: kubelet } = settings.tokens;
  return [
    `${admin},admin,admin,system:masters`,
    `${controllers},system:kube-controller-manager,controllers`,
    `${scheduler},system:kube-scheduler,scheduler`,
    `${kubelet},system:node:${node},node,system:nodes`,
    "",
  ].join("\n");
}

export function controllerManager(layout: Layout, tools: Toolchain): ServerPlan {
  return {
    name: "kube-controller-manager",
    command: tools.executable("kube-controller-manager"),
    args: [
      `--kubeconfig=${kubeconfigOf(layout, "controllers")}`,
      `--service-account-private-key-file=${layout.pki("service-accounts.key")}`,
      `--root-ca-file=${layout.pki("ca.crt")}`,
      "--use-service-account-credentials=true",
      "--leader-elect=false",
      "--secure-port=0",
    ],
  };
}

export function scheduler(layout: Layout, tools: Toolchain): ServerPlan {
  return {
    name: "kube-scheduler",
    command: tools.executable("kube-scheduler"),
    args: [`--kubeconfig=${kubeconfigOf(layout, "scheduler")}`, "--leader-elect=false", "--secure-port=0"],
  };
}
