import { setTimeout as sleep } from "node:timers/promises";
import type { Toolchain } from "../toolchain/toolchain";
import { KubeApi } from "./kube-api";
import { writeKubeconfigs } from "./kubeconfig";
import type { Layout } from "./layout";
import { makeCertificates } from "./pki";
import { writePrivate } from "./private-file";
import type { Processes } from "./processes";
import { apiServer, controllerManager, etcd, scheduler, tokenFile } from "./servers/control-plane";
import { namesOf, type Settings } from "./settings";

/** What starting any part of the environment works with. */
export interface Start {
  readonly layout: Layout;
  readonly settings: Settings;
  readonly tools: Toolchain;
  readonly processes: Processes;
  readonly signal: AbortSignal | undefined;
}

/** Starts etcd, the API server, the controllers and the scheduler; returns when pods could be scheduled. */
export async function startControlPlane(start: Start): Promise<KubeApi> {
  const { layout, settings, tools, processes, signal } = start;
  await makeCertificates(layout, settings, tools);
  await writeKubeconfigs(layout, settings);
  await writePrivate(layout.at("tokens.csv"), tokenFile(settings, namesOf(layout).node));
  await processes.start(etcd(layout, settings, tools));
  await processes.start(apiServer(layout, settings, tools));
  const api = new KubeApi(layout, settings);
  await processes.ready("kube-apiserver", () => api.isReady(), signal);
  await processes.start(controllerManager(layout, tools));
  await processes.start(scheduler(layout, tools));
  // Without its account a namespace takes no pods: the controllers make it a moment after their start.
  const account = "/api/v1/namespaces/default/serviceaccounts/default";
  await processes.ready("kube-controller-manager", () => api.exists(account), signal);
  return api;
}

/** Waits until the node takes pods; `server` is the process that makes it ready. */
export async function nodeReady(start: Start, api: KubeApi, server: string): Promise<void> {
  const { node } = namesOf(start.layout);
  await start.processes.ready(server, () => api.nodeIsReady(node), start.signal);
  // The scheduler watches nodes by itself; one pause lets the taint of a new node go.
  while (await isTainted(api, node)) await sleep(50, undefined, { signal: start.signal });
}

async function isTainted(api: KubeApi, node: string): Promise<boolean> {
  const { text } = await api.call("GET", `/api/v1/nodes/${node}`);
  const { spec } = JSON.parse(text) as { spec?: { taints?: unknown[] } };
  return (spec?.taints ?? []).length > 0;
}
