import { rm } from "node:fs/promises";
import { findOnPath } from "../toolchain/on-machine";
import type { Layout } from "./layout";
import { endContainers, removeOutside, unmountAll } from "./node/leftovers";
import { restoreKernelSettings } from "./node/kernel-settings";
import { machinePath } from "./node/machine";
import { removeNetwork } from "./node/network";
import { Processes } from "./processes";
import { endStrays } from "./stray-processes";

/**
 * Stops whatever of the environment runs, in the order in which nobody waits for one that has gone, and removes what it left on
 * the machine. What it cannot know it does not need: everything is found by records, marks and names, so that it also cleans
 * up after a start that was killed. Its data stay.
 */
export async function stopEverything(layout: Layout): Promise<void> {
  const processes = new Processes(layout);
  await rm(layout.description, { force: true });
  const first = ["kube-scheduler", "kube-controller-manager", "kwok", "kubelet"];
  await Promise.all(first.map((name) => processes.stop(name, 3000)));
  await endContainers(layout);
  // Asked in the usual way it would wait for all who are connected to leave.
  await processes.stop("postgresql", 10_000, "SIGINT");
  const last = ["kube-apiserver", "etcd"];
  const others = (await processes.recorded()).filter((name) => !last.includes(name));
  await Promise.all(others.map((name) => processes.stop(name)));
  // Without etcd the API server would wait for it a whole minute before it ends.
  await processes.stop("kube-apiserver", (await processes.runs("etcd")) ? 5000 : 0);
  await processes.stop("etcd", 5000);
  await endStrays(layout);
  await removeTraces(layout);
}

async function removeTraces(layout: Layout): Promise<void> {
  const [umount, ip, iptables] = await Promise.all(
    ["umount", "ip", "iptables"].map((name) => findOnPath(name, machinePath())),
  );
  if (process.getuid?.() === 0) {
    await removeOutside(layout);
    await restoreKernelSettings(layout);
    if (umount !== undefined) await unmountAll(layout, umount);
    if (ip !== undefined && iptables !== undefined) await removeNetwork(layout, { ip, iptables });
  }
  await rm(layout.run(), { recursive: true, force: true, maxRetries: 5 });
}
