import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { providePrograms } from "../programs/recipe";
import type { KubeApi } from "./kube-api";
import { apiDoor, isDoorOpen } from "./node/api-door";
import { machinePath, type NodePrograms } from "./node/machine";
import { pauseImageArchive } from "./node/pause-image";
import { kwok, playedApi, playedNode } from "./node/played-node";
import {
  cniConfig,
  containerd,
  containerdConfig,
  containerdSocket,
  kubelet,
  kubeletConfig,
} from "./node/real-node";
import { nodeReady, type Start } from "./start-cluster";
import { namesOf } from "./settings";

const run = promisify(execFile);

/** Starts containerd; needs no control plane, so both start at the same time. */
export async function startRuntime(start: Start, programs: NodePrograms): Promise<void> {
  const { layout, settings, tools, processes, signal } = start;
  await mkdir(layout.run("cni"), { recursive: true });
  await writeFile(layout.run("cni", "10-bridge.conflist"), JSON.stringify(cniConfig(layout, settings)));
  await writeFile(layout.run("containerd.toml"), await containerdConfig(layout, programs));
  await writeFile(layout.run("kubelet.yaml"), kubeletConfig(layout, settings), { mode: 0o600 });
  await writeFile(layout.run("pause.tar"), await pauseImageArchive(tools));
  await processes.start(containerd(layout, programs));
  const ctr = (...args: string[]): Promise<unknown> =>
    run(programs.ctr, ["--address", containerdSocket(layout), "--namespace", "k8s.io", ...args], {
      env: { PATH: machinePath() },
    });
  await processes.ready("containerd", () => ctr("version").then(() => true), signal);
  await ctr("images", "import", layout.run("pause.tar"));
}

/** Starts the kubelet on the runtime; returns when the node takes pods. */
export async function startKubelet(start: Start, api: KubeApi): Promise<void> {
  await forgetNode(start, api);
  const { processes, settings, signal } = start;
  const door = apiDoor(settings);
  if (door !== undefined) await processes.start(door);
  await processes.start(kubelet(start.layout, settings, start.tools));
  if (door !== undefined) await processes.ready(door.name, () => isDoorOpen(settings), signal);
  await nodeReady(start, api, "kubelet");
}

/** Lets kwok play the node, and a process of ours the API that would run there. */
export async function startPlayedNode(start: Start, api: KubeApi): Promise<void> {
  await forgetNode(start, api);
  await start.processes.start(kwok(start.layout, start.tools));
  await api.call("POST", "/api/v1/nodes", playedNode(namesOf(start.layout).node));
  await nodeReady(start, api, "kwok");
  await start.processes.start(playedApi(start.layout, join(await providePrograms(), "api")));
}

/** Takes away the node of the last start: its "ready" would be believed before the new one is. */
async function forgetNode(start: Start, api: KubeApi): Promise<void> {
  await api.call("DELETE", `/api/v1/nodes/${namesOf(start.layout).node}`);
}
