import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import type { VerificationConfig } from "../config/verification";
import type { ReleaseSpec } from "../data/protocol";
import { type Problem, Refusal } from "../problem";
import { connectCluster } from "./kubernetes";

/** What must run for one service. */
export interface ExpectedService {
  readonly service: string;
  readonly replicas: number;
  readonly port: number | null;
  /** Digest that every pod's `imageID` must end with. */
  readonly digest: string;
  /** Seconds in which all its pods must be ready (rule F21). */
  readonly readyWithin: number;
}

/** What was seen running: one line a pod, one an answer. */
export interface RunningEvidence {
  readonly at: string;
  readonly pods: readonly { readonly service: string; readonly pod: string; readonly imageId: string }[];
  readonly answers: readonly {
    readonly service: string;
    readonly from: string;
    readonly answer: Readonly<Record<string, unknown>>;
  }[];
}

type Answer = VerificationConfig["answers"][number];

/** How one look went: what was seen, and what is not yet right about it. */
interface Look {
  readonly evidence: RunningEvidence;
  readonly problems: readonly Problem[];
}

/**
 * Waits until every pod runs the digest that was released and is ready (rule F21), and then until every question is answered rightly
 * (rule N5). Pods are waited for here too: Pulumi's provider takes the status of a StatefulSet's former roll-out for that of this one.
 * @throws Refusal with all that is still wrong when the pods' `readyWithin`, or then `verification.within`, seconds are over.
 */
export async function awaitRunningSystem(
  release: ReleaseSpec,
  expected: readonly ExpectedService[],
  verification: VerificationConfig,
): Promise<RunningEvidence> {
  const begun = Date.now();
  // The most impatient first: a service that is late ends the release by its own time, not by the longest of all.
  for (const service of [...expected].sort((a, b) => a.readyWithin - b.readyWithin))
    await awaited(release, begun + service.readyWithin * 1000, () => look(release, [service], []));
  const { within, answers } = verification;
  return awaited(release, Date.now() + within * 1000, () => look(release, expected, answers));
}

/** Looks again until nothing is wrong any more. @throws Refusal with what is, when the deadline is over. */
async function awaited(
  release: ReleaseSpec,
  deadline: number,
  again: () => Promise<Look>,
): Promise<RunningEvidence> {
  for (;;) {
    const { evidence, problems } = await again();
    if (problems.length === 0) return evidence;
    if (Date.now() >= deadline)
      throw new Refusal(`${release.system} ${release.release} does not run as released`, problems);
    await sleep(Math.min(1000, Math.max(0, deadline - Date.now())));
  }
}

async function look(
  release: ReleaseSpec,
  expected: readonly ExpectedService[],
  answers: readonly Answer[],
): Promise<Look> {
  if (release.cluster === undefined)
    return { evidence: { at: new Date().toISOString(), pods: [], answers: [] }, problems: [] };
  const { namespace } = release.cluster;
  const api = connectCluster(release.cluster).makeApiClient(CoreV1Api);
  const pods: RunningEvidence["pods"][number][] = [];
  const heard: RunningEvidence["answers"][number][] = [];
  const problems: Problem[] = [];

  for (const service of expected) {
    const { items } = await api.listNamespacedPod({ namespace, labelSelector: `app=${service.service}` });
    const alive = items.filter((pod) => pod.metadata?.deletionTimestamp === undefined);
    pods.push(
      ...alive.map((pod) => ({ service: service.service, pod: nameOf(pod), imageId: imageIdOf(pod) })),
    );
    problems.push(...podProblems(service, alive));
    for (const answer of answers.filter((wanted) => wanted.service === service.service)) {
      for (const [from, ask] of sources(api, namespace, service, answer, alive)) {
        const found = await hear(ask);
        if (found.kind === "heard") heard.push({ service: service.service, from, answer: found.answer });
        problems.push(...answerProblems(release, answer, from, found));
      }
    }
  }
  return { evidence: { at: new Date().toISOString(), pods, answers: heard }, problems };
}

function podProblems(
  { service, replicas, digest }: ExpectedService,
  pods: readonly V1Pod[],
): readonly Problem[] {
  const mend = `look at the pods of ${service} (kubectl get pods -l app=${service})`;
  const others = pods.filter((pod) => !imageIdOf(pod).endsWith(digest));
  return [
    ...(pods.length === replicas
      ? []
      : [{ where: service, found: `${pods.length} pods`, allowed: `${replicas}`, mend }]),
    ...others.map((pod) => ({
      where: `${service}, pod ${nameOf(pod)}`,
      found: `image ${imageIdOf(pod) || "not yet known"}`,
      allowed: `the released digest ${digest}`,
      mend,
    })),
    ...pods
      .filter((pod) => !isReady(pod))
      .map((pod) => ({
        where: `${service}, pod ${nameOf(pod)}`,
        found: "not ready",
        allowed: "ready",
        mend,
      })),
  ];
}

type Ask = () => Promise<unknown>;

/** Every pod of the service, through the API server; or the one public address that the config gives. */
function sources(
  api: CoreV1Api,
  namespace: string,
  service: ExpectedService,
  answer: Answer,
  pods: readonly V1Pod[],
): readonly (readonly [string, Ask])[] {
  const { url } = answer;
  if (url !== undefined) {
    const address = new URL(answer.path, url).href;
    return [[address, async () => (await fetch(address, { signal: AbortSignal.timeout(5000) })).json()]];
  }
  return pods.map((pod) => [
    `pod ${nameOf(pod)}`,
    async () => {
      const name = `${nameOf(pod)}:${service.port ?? 80}`;
      const text = await api.connectGetNamespacedPodProxyWithPath({
        namespace,
        name,
        path: answer.path.slice(1),
      });
      return typeof text === "string" ? (JSON.parse(text) as unknown) : text;
    },
  ]);
}

type Heard =
  | { readonly kind: "heard"; readonly answer: Readonly<Record<string, unknown>> }
  | { readonly kind: "nothing"; readonly why: string };

async function hear(ask: Ask): Promise<Heard> {
  try {
    const answer = await ask();
    if (typeof answer === "object" && answer !== null)
      return { kind: "heard", answer: answer as Record<string, unknown> };
    return { kind: "nothing", why: "an answer that is no JSON object" };
  } catch (error) {
    return {
      kind: "nothing",
      why: `no answer (${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)})`,
    };
  }
}

function answerProblems(
  release: ReleaseSpec,
  answer: Answer,
  from: string,
  found: Heard,
): readonly Problem[] {
  const where = `${answer.service} ${answer.path}, ${from}`;
  const mend = "look at the service's log; is it the right image, and does it reach its database?";
  if (found.kind === "nothing") return [{ where, found: found.why, allowed: "a JSON object", mend }];
  const wanted: readonly (readonly [string | undefined, string])[] = [
    [answer.release, release.release],
    [answer.schema, release.schema.version],
  ];
  return wanted.flatMap(([member, value]) =>
    member === undefined || found.answer[member] === value
      ? []
      : [
          {
            where: `${where}, "${member}"`,
            found: JSON.stringify(found.answer[member]),
            allowed: `"${value}"`,
            mend,
          },
        ],
  );
}

function isReady(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

function nameOf(pod: V1Pod): string {
  return pod.metadata?.name ?? "";
}

function imageIdOf(pod: V1Pod): string {
  return pod.status?.containerStatuses?.[0]?.imageID ?? "";
}
