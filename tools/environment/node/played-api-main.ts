import { setTimeout as sleep } from "node:timers/promises";
import { KubeApi } from "../kube-api";
import { Layout } from "../layout";
import { readSettings } from "../settings";
import { PlayedProcess } from "./played-process";
import { type Namespace, playedServices, type Pod, podToPlay } from "./played-service";

/** How often the cluster is looked at, in milliseconds. */
const every = 300;

/** Plays the APIs of a played cluster: one process for each service that a namespace's annotation names. */
async function main(state = "", program = ""): Promise<void> {
  const layout = await Layout.open(state);
  const settings = await readSettings(layout);
  if (settings === undefined) throw new Error(`${state} is no state directory of an environment`);
  const api = new KubeApi(layout, settings);
  const processes = new Map<string, PlayedProcess>();
  const stopped = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => {
      stopped.abort();
    });
  }

  let said = "";
  while (!stopped.signal.aborted) {
    try {
      await follow(api, program, processes);
      said = "";
    } catch (error) {
      // The cluster starts, stops or is busy: the next look will do. Each trouble is said once.
      const says = error instanceof Error ? error.message : String(error);
      if (says !== said) console.error((said = says));
    }
    await sleep(every, undefined, { signal: stopped.signal }).catch(() => undefined);
  }
  await Promise.all([...processes.values()].map((one) => one.end()));
}

async function follow(api: KubeApi, program: string, processes: Map<string, PlayedProcess>): Promise<void> {
  const services = playedServices(await list<Namespace>(api, "/api/v1/namespaces"));
  const pods = services.length === 0 ? [] : await list<Pod>(api, "/api/v1/pods?labelSelector=app");
  const wanted = new Set<string>();
  for (const service of services) {
    const key = JSON.stringify(service);
    wanted.add(key);
    const running = processes.get(key) ?? new PlayedProcess(service, program, api);
    processes.set(key, running);
    await running.play(podToPlay(pods, service));
  }
  for (const [key, running] of processes) {
    if (wanted.has(key)) continue;
    processes.delete(key);
    await running.end();
  }
}

async function list<T>(api: KubeApi, path: string): Promise<readonly T[]> {
  const { status, text } = await api.call("GET", path);
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  return (JSON.parse(text) as { items: readonly T[] }).items;
}

main(process.argv[2], process.argv[3]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
