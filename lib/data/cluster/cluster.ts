import type { CoreV1Event, V1Deployment, V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { Refusal } from "../../problem";
import { type Stopped, stoppedOf } from "../../release/red-button/stopped";
import type { ClusterSpec } from "../protocol";
import type { Secrets } from "../secrets";
import { connectCluster, isGone } from "./connect";
import { podTrouble } from "./pod-trouble";
import { restartedFor } from "./restart";
import type { WorkloadImages } from "./workload-images";

type Workload = V1Deployment | V1StatefulSet;
type Kind = WorkloadImages["kind"];

/** The workloads of the release on their cluster; nothing else there is read or changed. */
export class Cluster {
  #connection: ReturnType<typeof connectCluster> | undefined;

  constructor(
    private readonly spec: ClusterSpec,
    private readonly secrets: Secrets,
  ) {}

  /** Connects with the first question: most that the engine is asked needs no cluster. */
  get #loaded(): ReturnType<typeof connectCluster> {
    return (this.#connection ??= connectCluster(this.spec, this.secrets));
  }

  /** Images and replicas as they are; workloads that don't exist yet are left out. @throws Refusal when it can't be reached. */
  async images(): Promise<readonly WorkloadImages[]> {
    const found = await Promise.all(
      this.spec.workloads.map(async ({ kind, name }) => {
        const workload = await this.#read(kind, name);
        return workload && { kind, name, containers: containers(workload) };
      }),
    );
    return found.filter((images) => images !== undefined);
  }

  /** Changes nothing, but asks for the right to put images back, as a guardian must know beforehand. @throws Refusal without it. */
  async tryRestore(): Promise<void> {
    const { api, strategic } = await this.#loaded;
    for (const { kind, name, containers: now } of await this.images()) {
      const object = { ...this.#identity(kind, name), spec: { template: { spec: { containers: now } } } };
      await api.patch(object, undefined, "All", "slipway", undefined, strategic).catch((error: unknown) => {
        throw this.#refusal(`${kind} ${this.spec.namespace}/${name}`, error);
      });
    }
  }

  /** What keeps pods with a label from running. */
  async podTroubles(label: string): Promise<readonly string[]> {
    const { api } = await this.#loaded;
    const { items: events } = await api.list<CoreV1Event>("v1", "Event", this.spec.namespace);
    const troubles = (await this.#pods(label)).map((pod) =>
      podTrouble(
        pod,
        events.filter(({ involvedObject }) => involvedObject.uid === pod.metadata?.uid),
      ),
    );
    return troubles.filter((trouble) => trouble !== undefined);
  }

  /** Puts images back where they differ. Idempotent. */
  async restore(saved: readonly WorkloadImages[]): Promise<readonly string[]> {
    const changed: string[] = [];
    for (const { kind, name, containers: old } of saved) {
      const now = await this.#read(kind, name);
      const differs =
        now &&
        old.some(({ name: c, image }) => containers(now).some((n) => n.name === c && n.image !== image));
      if (!differs) continue;
      const { api, strategic } = await this.#loaded;
      const object = { ...this.#identity(kind, name), spec: { template: { spec: { containers: old } } } };
      await api.patch(object, undefined, undefined, "slipway", undefined, strategic);
      changed.push(name);
    }
    for (const { kind, name, containers: old } of saved)
      if (kind === "StatefulSet") await this.#deleteStuckPods(name, old);
    return changed;
  }

  /**
   * A StatefulSet waits for its newest pod to become ready before it touches another, also when that pod never will and its
   * template has gone back; so pods of another image that aren't ready go.
   */
  async #deleteStuckPods(name: string, old: WorkloadImages["containers"]): Promise<void> {
    const { api } = await this.#loaded;
    const { namespace } = this.spec;
    for (const pod of await this.#pods(`app=${name}`)) {
      const owned = pod.metadata?.ownerReferences?.some(
        (owner) => owner.kind === "StatefulSet" && owner.name === name,
      );
      const ready = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
      const other = old.some(({ name: c, image }) =>
        pod.spec?.containers.some((container) => container.name === c && container.image !== image),
      );
      if (owned !== true || ready === true || !other || pod.metadata?.name === undefined) continue;
      await api
        .delete({ apiVersion: "v1", kind: "Pod", metadata: { name: pod.metadata.name, namespace } })
        .catch((error: unknown) => {
          if (!isGone(error)) throw error;
        });
    }
  }

  /**
   * Makes pods anew that were restarted for another image of a service than its old one: they hold that one's data (rule H19).
   * Idempotent; to be asked for when the old images are ready.
   */
  async restartDependants(saved: readonly WorkloadImages[]): Promise<void> {
    for (const { kind, name, restartsWith = [] } of this.spec.workloads) {
      if (restartsWith.length === 0) continue;
      const now = (await this.#read(kind, name))?.spec?.template.metadata?.annotations ?? {};
      const annotations = restartedFor(restartsWith, saved).filter(
        ([key, digest]) => now[key] !== undefined && now[key] !== digest,
      );
      if (annotations.length === 0) continue;
      const { api, strategic } = await this.#loaded;
      const template = { metadata: { annotations: Object.fromEntries(annotations) } };
      const object = { ...this.#identity(kind, name), spec: { template } };
      await api.patch(object, undefined, undefined, "slipway", undefined, strategic);
    }
  }

  /** Workloads that somebody stopped by the red button (rule H24). */
  async stopped(): Promise<readonly (Stopped & { readonly name: string })[]> {
    const found = await Promise.all(
      this.spec.workloads.map(async ({ kind, name }) => {
        const stopped = stoppedOf((await this.#read(kind, name))?.metadata?.annotations);
        return stopped && { name, ...stopped };
      }),
    );
    return found.filter((stopped) => stopped !== undefined);
  }

  /** Replicas that each workload asks for. */
  async replicas(): Promise<readonly WorkloadReplicas[]> {
    const found = await Promise.all(
      this.spec.workloads.map(async ({ kind, name }) => {
        const workload = await this.#read(kind, name);
        return workload && { kind, name, replicas: workload.spec?.replicas ?? 1 };
      }),
    );
    return found.filter((replicas) => replicas !== undefined);
  }

  /** Asks for these replicas. Idempotent. */
  async scale(wanted: readonly WorkloadReplicas[]): Promise<void> {
    const { api, strategic } = await this.#loaded;
    for (const { kind, name, replicas } of wanted) {
      const object = { ...this.#identity(kind, name), spec: { replicas } };
      await api.patch(object, undefined, undefined, "slipway", undefined, strategic);
    }
  }

  /** Workloads whose pods aren't yet what the workload asks for. */
  async unsettled(): Promise<readonly string[]> {
    const found = await Promise.all(
      this.spec.workloads.map(async ({ kind, name }) => {
        const workload = await this.#read(kind, name);
        return workload === undefined || isSettled(workload) ? undefined : name;
      }),
    );
    return found.filter((name) => name !== undefined);
  }

  /** Pods of workloads that have not ended, also those that were told to: no workload counts them, and they write until they are gone. */
  async running(workloads: readonly Pick<WorkloadReplicas, "kind" | "name">[]): Promise<readonly string[]> {
    const found = await Promise.all(
      workloads.map(async ({ kind, name }) => {
        const labels = (await this.#read(kind, name))?.spec?.selector.matchLabels;
        if (labels === undefined) return [];
        return this.#pods(
          Object.entries(labels)
            .map(([key, value]) => `${key}=${value}`)
            .join(","),
        );
      }),
    );
    return found
      .flat()
      .filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed")
      .map(({ metadata }) => metadata?.name ?? "");
  }

  async #pods(selector: string): Promise<readonly V1Pod[]> {
    const { api } = await this.#loaded;
    const { namespace } = this.spec;
    const none = undefined;
    return (await api.list<V1Pod>("v1", "Pod", namespace, none, none, none, none, selector)).items;
  }

  async #read(kind: Kind, name: string): Promise<Workload | undefined> {
    const { api } = await this.#loaded;
    try {
      return await api.read<Workload>(this.#identity(kind, name));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw this.#refusal(`${kind} ${this.spec.namespace}/${name}`, error);
    }
  }

  #refusal(where: string, error: unknown): Refusal {
    return new Refusal("cluster", [
      {
        where,
        found: error instanceof Error ? (error.message.split("\n")[0] ?? "an error") : String(error),
        allowed: "a cluster that answers and lets the release read and patch its workloads",
        mend: "check the kubeconfig, its context and the namespace in the stack's config",
      },
    ]);
  }

  #identity(kind: Kind, name: string) {
    return { apiVersion: "apps/v1", kind, metadata: { name, namespace: this.spec.namespace } };
  }
}

/** How many pods a workload asks for. */
export interface WorkloadReplicas {
  readonly kind: Kind;
  readonly name: string;
  readonly replicas: number;
}

function containers(workload: Workload): readonly { readonly name: string; readonly image: string }[] {
  return (workload.spec?.template.spec?.containers ?? []).map(({ name, image }) => ({
    name,
    image: image ?? "",
  }));
}

function isSettled({ metadata, spec, status }: Workload): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.readyReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted
  );
}
