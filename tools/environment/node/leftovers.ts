import { execFile } from "node:child_process";
import { readdir, readFile, readlink, rm, rmdir, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Layout } from "../layout";

const run = promisify(execFile);

/** The namespace in which containerd keeps Kubernetes' containers; their control groups lie in a folder of this name. */
const namespace = "k8s.io";

/**
 * Ends the containers of this state directory and removes their control groups. Needs no running containerd: what was left by a
 * killed one is found by the bundles on disk.
 */
export async function endContainers(layout: Layout): Promise<void> {
  const groups = await containerGroups(layout);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const until = Date.now() + 2000; Date.now() < until;) {
      const pids = (await Promise.all(groups.map(processesOf))).flat();
      if (pids.length === 0) break;
      for (const pid of pids) kill(pid, signal);
      await sleep(20);
    }
  }
  for (const group of groups) await removeGroup(group);
  // Shared with other runtimes of this machine: goes only when it is empty.
  for (const root of await groupRoots()) await rmdir(join(root, namespace)).catch(() => undefined);
}

/** Unmounts everything under the folder of the running environment, the innermost first. */
export async function unmountAll(layout: Layout, umount: string): Promise<void> {
  const table = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  const mounts = table
    .split("\n")
    .map((line) => (line.split(" ")[4] ?? "").replace(/\\040/g, " "))
    .filter((point) => point.startsWith(`${layout.run()}/`));
  for (const point of mounts.reverse()) {
    await run(umount, [point]).catch(() => run(umount, ["-l", point]));
  }
}

/** Removes what containerd, CNI and the kubelet put into places that cannot be configured. Call it before `run/` is removed. */
export async function removeOutside(layout: Layout): Promise<void> {
  const ids: string[] = [];
  for (const bundle of await bundles(layout)) {
    ids.push(basename(bundle));
    const address = await readFile(join(bundle, "address"), "utf8").catch(() => "");
    if (address.startsWith("unix:///run/containerd/s/"))
      await rm(address.slice("unix://".length), { force: true });
  }
  for (const name of await readdir("/var/lib/cni/results").catch(() => [])) {
    if (ids.some((id) => name.includes(id))) await rm(join("/var/lib/cni/results", name), { force: true });
  }
  const logs = "/var/log/containers";
  for (const name of await readdir(logs).catch(() => [])) {
    const target = await readlink(join(logs, name)).catch(() => "");
    if (target.startsWith(`${layout.run()}/`)) await unlink(join(logs, name)).catch(() => undefined);
  }
  const devices = "/var/lib/kubelet/device-plugins/kubelet.sock";
  const open = await readFile("/proc/net/unix", "utf8").catch(() => devices);
  // Every kubelet of a machine takes this one place; a killed one leaves its socket there.
  if (!open.includes(devices)) await rm(devices, { force: true });
  // Shared with other runtimes of this machine: these go only when they are empty.
  for (const folder of [
    logs,
    "/var/lib/cni/results",
    "/var/lib/kubelet/device-plugins",
    "/var/lib/kubelet",
    "/run/containerd/s",
    "/run/containerd",
  ]) {
    await rmdir(folder).catch(() => undefined);
  }
}

async function bundles(layout: Layout): Promise<string[]> {
  const folder = layout.run("containerd", "state", "io.containerd.runtime.v2.task", namespace);
  return (await readdir(folder).catch(() => [])).map((id) => join(folder, id));
}

async function containerGroups(layout: Layout): Promise<string[]> {
  const ids = (await bundles(layout)).map((bundle) => basename(bundle));
  const roots = await groupRoots();
  return roots.flatMap((root) => ids.map((id) => join(root, namespace, id)));
}

/** The control groups' one tree, or (version 1) one for each controller. */
async function groupRoots(): Promise<string[]> {
  const root = "/sys/fs/cgroup";
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return [root, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name))];
}

async function processesOf(group: string): Promise<number[]> {
  const own = await readFile(join(group, "cgroup.procs"), "utf8").catch(() => "");
  const inner = await Promise.all((await innerGroups(group)).map(processesOf));
  return [...own.split("\n").filter(Boolean).map(Number), ...inner.flat()];
}

async function innerGroups(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(group, entry.name));
}

async function removeGroup(group: string): Promise<void> {
  for (const inner of await innerGroups(group)) await removeGroup(inner);
  await rmdir(group).catch(() => undefined);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
