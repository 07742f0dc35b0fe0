import type { CoreV1Event, V1Job, V1Pod } from "@kubernetes/client-node";
import type { Problem } from "../../problem";
import type { ExecutionSpec } from "../execution-spec";
import { memoryNeeded } from "./memory";

/** What a Job's state means for the release. */
export type JobVerdict =
  | { readonly kind: "running" }
  | { readonly kind: "done" }
  /** It can't end well; `problem` says why and what mends it. */
  | { readonly kind: "failed"; readonly problem: Problem };

/** Why a container can't be started, and never will by waiting. */
const noImage: ReadonlySet<string> = new Set([
  "ImagePullBackOff",
  "ErrImagePull",
  "InvalidImageName",
  "ErrImageNeverPull",
]);
const noStart: ReadonlySet<string> = new Set([
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);

/** How Node ends when its own heap is full: it aborts. */
const nodeOutOfMemory = 134;

/** Judges a Job by its own state, its pods and what its controller complains of. */
export function judgeJob(
  job: V1Job,
  pods: readonly V1Pod[],
  complaints: readonly CoreV1Event[],
  execution: ExecutionSpec,
  threads: number,
): JobVerdict {
  const conditions = job.status?.conditions ?? [];
  const has = (type: string): string | undefined =>
    conditions.find((one) => one.type === type && one.status === "True")?.message;
  if (conditions.some(({ type, status }) => type === "Complete" && status === "True"))
    return { kind: "done" };
  const where = `job ${job.metadata?.namespace ?? ""}/${job.metadata?.name ?? ""}`;
  const problem =
    killedForMemory(pods, execution, threads) ??
    unpullable(pods, execution) ??
    unstartable(pods) ??
    forbidden(job, complaints, where) ??
    failed(has("Failed") ?? has("FailureTarget"), where, pods);
  return problem ? { kind: "failed", problem } : { kind: "running" };
}

function killedForMemory(
  pods: readonly V1Pod[],
  { resources }: ExecutionSpec,
  threads: number,
): Problem | undefined {
  const killed = pods.find((pod) => {
    const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
    return ended?.reason === "OOMKilled" || ended?.exitCode === nodeOutOfMemory;
  });
  if (!killed) return undefined;
  const { formula, mebibytes } = memoryNeeded(threads);
  return {
    where: `pod ${killed.metadata?.name ?? ""}`,
    found: `ended for want of memory: it took more than its limit of ${resources.memory}`,
    allowed: `at least ${mebibytes} MiB: ${formula}`,
    mend: `raise slipway:data.execution.resources.memory, or lower its cpu: each one is a thread`,
  };
}

function unpullable(pods: readonly V1Pod[], { image }: ExecutionSpec): Problem | undefined {
  const waiting = pods
    .map((pod) => pod.status?.containerStatuses?.[0]?.state?.waiting)
    .find((state) => noImage.has(state?.reason ?? ""));
  if (!waiting) return undefined;
  return {
    where: "slipway:data.execution.image",
    found: `${image}: ${waiting.message ?? waiting.reason ?? "no image"}`,
    allowed: "an image that the cluster can pull",
    mend: "push it to that registry, or pin the digest of one that is there; `slipway pin` asks the registry",
  };
}

function unstartable(pods: readonly V1Pod[]): Problem | undefined {
  const pod = pods.find((one) =>
    noStart.has(one.status?.containerStatuses?.[0]?.state?.waiting?.reason ?? ""),
  );
  if (!pod) return undefined;
  return {
    where: `pod ${pod.metadata?.name ?? ""}`,
    found: pod.status?.containerStatuses?.[0]?.state?.waiting?.message ?? "a container that can't be created",
    allowed: "an image of the engine, and a node that runs it",
    mend: "look at it with: kubectl describe pod",
  };
}

/** The Job's controller can't make a single pod: a quota, an admission policy. */
function forbidden(job: V1Job, complaints: readonly CoreV1Event[], where: string): Problem | undefined {
  const { active = 0, succeeded = 0, failed: lost = 0 } = job.status ?? {};
  const refused = complaints.find(({ reason }) => reason === "FailedCreate");
  if (!refused || active + succeeded + lost > 0) return undefined;
  return {
    where,
    found: refused.message ?? "pods that may not be created",
    allowed: "a namespace in which the release may run its workers",
    mend: "raise the quota, or lower slipway:data.execution.workers or resources",
  };
}

function failed(says: string | undefined, where: string, pods: readonly V1Pod[]): Problem | undefined {
  if (says === undefined) return undefined;
  const words = pods
    .map((pod) => pod.status?.containerStatuses?.[0]?.state?.terminated?.message?.trim())
    .find((message) => message !== undefined && message !== "");
  return {
    where,
    found: words === undefined ? says : `${says} The worker said: ${words}`,
    allowed: "workers that end",
    mend: "mend what it says, and start the release again",
  };
}
