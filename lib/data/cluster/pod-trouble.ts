import type { V1Pod } from "@kubernetes/client-node";

/** What keeps a pod from running, in its node's or its scheduler's own words; undefined where nothing does. */
export function podTrouble({ metadata, status }: V1Pod): string | undefined {
  const waiting = status?.containerStatuses
    ?.map(({ state }) => state?.waiting)
    .find((state) => state?.message);
  const condition = status?.conditions?.find(({ status: is, message }) => is === "False" && message);
  const ended = status?.phase === "Failed" ? (status.reason ?? "ended with an error") : undefined;
  const says = waiting
    ? `${waiting.reason ?? "waiting"}: ${waiting.message ?? ""}`
    : (ended ?? condition?.message);
  return says === undefined ? undefined : `pod ${metadata?.name ?? ""}: ${says}`;
}
