import { setTimeout as sleep } from "node:timers/promises";
import {
  AppsV1Api,
  type KubeConfig,
  type V1Deployment,
  PatchStrategy,
  setHeaderOptions,
} from "@kubernetes/client-node";
import { Refusal } from "../../problem";
import { type Stopped, stoppedAnnotation, stoppedOf } from "./stopped";

const askEvery = 500;

/**
 * The red button of an environment (rule H24): every Deployment of its namespace to no pod, StatefulSets untouched, so that the
 * stores go on running; and its way back. What ran is kept on each Deployment itself, in the same write that stops it: whatever dies
 * in between, pressing and releasing simply go on where they were.
 */
export class RedButton {
  private readonly api: AppsV1Api;

  constructor(
    cluster: KubeConfig,
    private readonly namespace: string,
  ) {
    this.api = cluster.makeApiClient(AppsV1Api);
  }

  /** Stops what runs; one that is stopped already keeps what it says. @returns the names of those stopped now. */
  async press(who: Omit<Stopped, "replicas">): Promise<readonly string[]> {
    return this.each((deployment) => {
      const { metadata, spec } = deployment;
      if (stoppedOf(metadata?.annotations) !== undefined) return undefined;
      const stopped: Stopped = { replicas: spec?.replicas ?? 1, ...who };
      return { annotations: { [stoppedAnnotation]: JSON.stringify(stopped) }, replicas: 0 };
    });
  }

  /**
   * Gives every stopped Deployment its pods back, once all StatefulSets of the namespace are ready.
   * @param within seconds that the stores may take.
   * @throws Refusal that names the stores that are not ready; nothing is started then.
   */
  async release(within: number): Promise<readonly string[]> {
    await this.awaitStores(within);
    return this.each(({ metadata }) => {
      const stopped = stoppedOf(metadata?.annotations);
      return stopped && { annotations: { [stoppedAnnotation]: null }, replicas: stopped.replicas };
    });
  }

  /** What is stopped, by name. */
  async stopped(): Promise<ReadonlyMap<string, Stopped>> {
    const { items } = await this.api.listNamespacedDeployment({ namespace: this.namespace });
    const found = items.flatMap(({ metadata }) => {
      const stopped = stoppedOf(metadata?.annotations);
      return stopped === undefined ? [] : [[metadata?.name ?? "", stopped] as const];
    });
    return new Map(found);
  }

  private async awaitStores(within: number): Promise<void> {
    const until = performance.now() + within * 1000;
    for (;;) {
      const { items } = await this.api.listNamespacedStatefulSet({ namespace: this.namespace });
      const waiting = items.filter(
        ({ spec, status }) => (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1),
      );
      if (waiting.length === 0) return;
      if (performance.now() >= until)
        throw new Refusal(
          `start of ${this.namespace}`,
          waiting.map(({ metadata, spec, status }) => ({
            where: `StatefulSet ${metadata?.name ?? ""}`,
            found: `${status?.readyReplicas ?? 0} of ${spec?.replicas ?? 1} pods ready`,
            allowed: "every store runs before a Deployment is started (rule H24)",
            mend: `look at its pods in ${this.namespace}, then start again`,
          })),
        );
      await sleep(askEvery);
    }
  }

  private async each(changeOf: (deployment: V1Deployment) => Change | undefined): Promise<readonly string[]> {
    const { items } = await this.api.listNamespacedDeployment({ namespace: this.namespace });
    const changed: string[] = [];
    for (const { metadata } of items)
      if (await this.change(metadata?.name ?? "", changeOf)) changed.push(metadata?.name ?? "");
    return changed;
  }

  /** Reads again and tries again where somebody else was quicker: neither write may hide the other. */
  private async change(
    name: string,
    changeOf: (deployment: V1Deployment) => Change | undefined,
  ): Promise<boolean> {
    const { namespace } = this;
    for (;;) {
      const now = await this.api.readNamespacedDeployment({ name, namespace });
      const change = changeOf(now);
      if (change === undefined) return false;
      const { annotations, replicas } = change;
      const metadata = { resourceVersion: now.metadata?.resourceVersion, annotations };
      try {
        await this.api.patchNamespacedDeployment(
          { name, namespace, body: { metadata, spec: { replicas } }, fieldManager: "slipway" },
          setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
        );
        return true;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === 409)) throw error;
      }
    }
  }
}

interface Change {
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly replicas: number;
}
