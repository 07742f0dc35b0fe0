import { type KubeConfig, type V1Deployment, type V1StatefulSet, Watch } from "@kubernetes/client-node";

/** Time in which a workload of a namespace was not yet what was asked of it: its pods were not all new and ready. */
export class PodsWatch {
  private readonly waiting = new Set<string>();
  private readonly watches: AbortController[] = [];
  private since = 0;
  private total = 0;

  private constructor() {}

  /** Watches from now on; the namespace may still be empty. */
  static async on(kube: KubeConfig, namespace: string): Promise<PodsWatch> {
    const own = new PodsWatch();
    for (const kind of ["deployments", "statefulsets"]) {
      const path = `/apis/apps/v1/namespaces/${namespace}/${kind}`;
      const see = (type: string, workload: V1Deployment | V1StatefulSet): void => {
        own.see(`${kind}/${workload.metadata?.name ?? ""}`, type !== "DELETED" && !hasRolledOut(workload));
      };
      own.watches.push(await new Watch(kube).watch(path, {}, see, () => undefined));
    }
    return own;
  }

  /** Seconds since the last call; with none waiting the clock stands. */
  take(): number {
    const seconds = this.total / 1000;
    this.total = 0;
    return seconds;
  }

  stop(): void {
    for (const watch of this.watches) watch.abort();
  }

  private see(name: string, waits: boolean): void {
    if (this.waiting.size === 0 && waits) this.since = performance.now();
    const waited = this.waiting.size > 0;
    if (waits) this.waiting.add(name);
    else this.waiting.delete(name);
    if (waited && this.waiting.size === 0) this.total += performance.now() - this.since;
  }
}

/** Whether every pod is made of the newest template, and ready. */
function hasRolledOut({ metadata, spec, status }: V1Deployment | V1StatefulSet): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    status?.observedGeneration === metadata?.generation &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.readyReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted
  );
}
