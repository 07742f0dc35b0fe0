import type { Json } from "../../content-hash";
import type { Cluster, WorkloadReplicas } from "../cluster/cluster";
import { Refusal } from "../../problem";
import type { Fence, Probe } from "./fence";

const patienceMs = 120_000;
const askEvery = 300;

/**
 * Runs none of the system's own workloads: the weakest way, since others who may write still do, which no canary can prove.
 * Readers are cut off as well. For servers with neither a write block nor roles.
 */
export class ScaleFence implements Fence {
  readonly how = "scale";

  constructor(private readonly cluster: Cluster | undefined) {}

  async probe(): Promise<Probe> {
    if (!this.cluster)
      return { works: false, reason: "no cluster in the config whose workloads could be stopped" };
    const replicas = await this.cluster.replicas();
    return {
      works: true,
      saved: replicas.map(({ kind, name, replicas: asked }) => ({ kind, name, replicas: asked })),
    };
  }

  async close(saved: Json): Promise<void> {
    if (!this.cluster) return;
    const workloads = saved as unknown as readonly WorkloadReplicas[];
    await this.cluster.scale(workloads.map((workload) => ({ ...workload, replicas: 0 })));
    const until = performance.now() + patienceMs;
    for (;;) {
      const left = [...(await this.cluster.unsettled()), ...(await this.cluster.running(workloads))];
      if (left.length === 0) return;
      if (performance.now() > until) throw stillRunning(left);
      await new Promise((resolve) => setTimeout(resolve, askEvery));
    }
  }

  async open(saved: Json): Promise<void> {
    const now = new Map(
      (await this.cluster?.replicas())?.map((workload) => [workload.name, workload.replicas]),
    );
    // What the roll-out has scaled up meanwhile is left as it is.
    const down = (saved as unknown as readonly WorkloadReplicas[]).filter(({ name }) => now.get(name) === 0);
    await this.cluster?.scale(down);
  }
}

function stillRunning(left: readonly string[]): Refusal {
  return new Refusal("closing writes", [
    {
      where: "the workloads of the release",
      found: `pods that still run ${patienceMs / 1000} s after they were told to stop: ${left.join(", ")}`,
      allowed: "no pod that could write",
      mend: "look at the pods; then start the release again",
    },
  ]);
}
