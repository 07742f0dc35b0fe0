import type { CoreV1Event, V1Pod } from "@kubernetes/client-node";

/**
 * What keeps a pod from running, in its node's or its scheduler's own words; undefined where nothing does.
 * @param events what the cluster has told of it.
 */
export function podTrouble({ metadata, status }: V1Pod, events: readonly CoreV1Event[]): string | undefined {
  const waiting = status?.containerStatuses
    ?.map(({ state }) => state?.waiting)
    .find((state) => state?.message);
  const ended = status?.phase === "Failed" ? (status.reason ?? "ended with an error") : undefined;
  const warned = events
    .filter(({ type }) => type === "Warning")
    .sort(byTime)
    .at(-1)?.message;
  const condition = status?.conditions?.find(({ status: is, message }) => is === "False" && message);
  const says = waiting
    ? `${waiting.reason ?? "waiting"}: ${waiting.message ?? ""}`
    : (ended ?? (condition && (warned ?? condition.message)));
  return says === undefined ? undefined : `pod ${metadata?.name ?? ""}: ${says}`;
}

function byTime(one: CoreV1Event, other: CoreV1Event): number {
  return (one.lastTimestamp?.getTime() ?? 0) - (other.lastTimestamp?.getTime() ?? 0);
}
