import type { CoreV1Event, KubernetesObject, V1Job, V1Pod } from "@kubernetes/client-node";
import { setTimeout as pause } from "node:timers/promises";
import { Refusal } from "../../problem";
import { connectCluster, hasStatus, isGone } from "../cluster/connect";
import type { ExecutionSpec } from "../execution-spec";
import type { ClusterSpec } from "../protocol";
import type { Secrets } from "../secrets";
import {
  accountManifest,
  jobManifest,
  labelsOf,
  type JobIdentity,
  orderManifest,
  ownerLabels,
} from "./job-manifest";
import { judgeJob } from "./job-verdict";
import { threadsFor } from "./memory";
import type { WorkOrder } from "./run-share";
import type { Stage, Workers } from "./workers";

/** A Job is looked at this often at most, in milliseconds; and, as a look takes longer with more units, for a quarter of the time. */
const lookEvery = 500;
const restPerLook = 3;
/** For so many looks pods may still be on their way to their end, when a Job is taken away. */
const looksForPods = 120;
const all = undefined;

type Api = Awaited<ReturnType<typeof connectCluster>>["api"];

/** Workers as pods of Indexed Jobs on the release's cluster. */
export class KubernetesWorkers implements Workers {
  private constructor(
    private readonly api: Api,
    private readonly namespace: string,
    private readonly execution: ExecutionSpec,
    private readonly owner: Pick<JobIdentity, "system" | "environment" | "token">,
  ) {}

  /** Connects, makes the workers' account, and takes away what dead releases of this environment left. @throws Refusal when the cluster can't be asked. */
  static async open(
    cluster: ClusterSpec,
    execution: ExecutionSpec,
    owner: Pick<JobIdentity, "system" | "environment" | "token">,
    secrets: Secrets,
  ): Promise<KubernetesWorkers> {
    const { namespace } = cluster;
    try {
      const { api } = await connectCluster(cluster, secrets);
      const workers = new KubernetesWorkers(api, namespace, execution, owner);
      await workers.#create(accountManifest(namespace));
      await workers.#removeJobs(ownerLabels(owner));
      return workers;
    } catch (error) {
      throw new Refusal("cluster", [
        {
          where: `namespace ${namespace}`,
          found: secrets.redact(
            error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error),
          ),
          allowed: "a cluster on which the release may make Jobs, Secrets and a ServiceAccount",
          mend: "see docs/scale.md for the Role that the release needs",
        },
      ]);
    }
  }

  get threads(): number {
    return threadsFor(this.execution.resources.cpu);
  }

  async carryOut(stage: Stage, order: WorkOrder, observe: () => Promise<boolean>): Promise<void> {
    const identity: JobIdentity = { ...this.owner, stage: stage.name, namespace: this.namespace };
    const secret = await this.#create(orderManifest(identity, order));
    const job = await this.#create(jobManifest(identity, this.execution, stage));
    let done = false;
    try {
      await this.#owned(secret, job);
      await this.#end(job, observe);
      done = true;
    } finally {
      await this.#removeJobs(labelsOf(this.owner), !done);
      await this.#delete(secret);
    }
  }

  /** Settles when every index is done. That its results are there is known some seconds before the cluster says so. */
  async #end(job: V1Job, observe: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const begun = performance.now();
      if (await observe()) return;
      const now = await this.api.read<V1Job>(identityOf(job));
      const pods = await this.#list<V1Pod>("v1", "Pod", {
        "batch.kubernetes.io/job-name": job.metadata?.name ?? "",
      });
      const verdict = judgeJob(now, pods, await this.#complaints(now), this.execution, this.threads);
      if (verdict.kind === "done") return;
      if (verdict.kind === "failed") throw new Refusal("workers", [verdict.problem]);
      await pause(Math.max(lookEvery, restPerLook * (performance.now() - begun)));
    }
  }

  /** What the Job's controller says, asked only while no pod has come to be. */
  async #complaints(job: V1Job): Promise<readonly CoreV1Event[]> {
    const { active = 0, succeeded = 0, failed = 0 } = job.status ?? {};
    if (active + succeeded + failed > 0) return [];
    const about = `involvedObject.name=${job.metadata?.name ?? ""}`;
    return (await this.api.list<CoreV1Event>("v1", "Event", this.namespace, all, all, all, about)).items;
  }

  /** The Secret goes with its Job, also when nobody is left to take it away. */
  async #owned(secret: KubernetesObject, job: V1Job): Promise<void> {
    const { name = "", uid = "" } = job.metadata ?? {};
    await this.api.patch({
      ...identityOf(secret),
      metadata: {
        ...identityOf(secret).metadata,
        ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name, uid }],
      },
    });
  }

  /** Takes Jobs away; with their pods, which write until they are gone, where asked. */
  async #removeJobs(labels: Readonly<Record<string, string>>, awaitPods = true): Promise<void> {
    const jobs = await this.#list<V1Job>("batch/v1", "Job", labels);
    for (const job of jobs) await this.#delete(job);
    for (const secret of await this.#list("v1", "Secret", labels)) await this.#delete(secret);
    if (jobs.length === 0 || !awaitPods) return;
    for (let looks = 0; looks < looksForPods; looks++) {
      if ((await this.#list("v1", "Pod", labels)).length === 0) return;
      await pause(lookEvery);
    }
  }

  async #create<Made extends KubernetesObject>(object: Made): Promise<Made> {
    try {
      return await this.api.create(object);
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      return await this.api.read<Made>(identityOf(object));
    }
  }

  async #delete(object: KubernetesObject): Promise<void> {
    await this.api.delete(identityOf(object), all, all, all, all, "Background").catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  }

  async #list<Found extends KubernetesObject>(
    apiVersion: string,
    kind: string,
    labels: Readonly<Record<string, string>>,
  ): Promise<readonly Found[]> {
    const selector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    const { items } = await this.api.list<Found>(
      apiVersion,
      kind,
      this.namespace,
      all,
      all,
      all,
      all,
      selector,
    );
    // A list's items don't say what they are.
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }
}

function identityOf({ apiVersion = "", kind = "", metadata }: KubernetesObject) {
  return { apiVersion, kind, metadata: { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" } };
}
