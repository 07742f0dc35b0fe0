import { CoreV1Api } from "@kubernetes/client-node";
import { noParts, releaseInputs } from "../lib/config/release-inputs";
import { contradicted, type Finding, found, unjudged } from "../lib/evidence/finding";
import { connectCluster } from "../lib/evidence/kubernetes";
import { Refusal } from "../lib/problem";
import type { GatedStack } from "../lib/release/gates/gather/request";

/** The digest that each image's pods run now in an environment; contradicted where pods of one image run two. */
export async function runningDigests(
  config: GatedStack,
  now: string,
): Promise<Finding<Readonly<Record<string, string>>>> {
  const { cluster, environment } = config;
  const digests = Object.entries(config.images).map(([name, { digest }]) => ({ name, digest: digest ?? "" }));
  const spec = releaseInputs(config, digests, noParts).cluster;
  const mend = "look from a machine that reaches the cluster";
  const unseen = (why: string): Finding<never> =>
    unjudged({ where: `${environment}'s cluster`, found: why, allowed: "its pods", mend });
  if (spec === undefined) return unseen("no cluster in the stack file");
  try {
    const api = connectCluster(spec).makeApiClient(CoreV1Api);
    const running = new Map<string, Set<string>>();
    for (const [service, { image }] of Object.entries(config.services)) {
      const { items } = await api.listNamespacedPod({
        namespace: cluster.namespace,
        labelSelector: `app=${service}`,
      });
      const ids = items.flatMap((pod) =>
        (pod.status?.containerStatuses ?? []).map(({ imageID }) => /sha256:[0-9a-f]{64}$/.exec(imageID)?.[0]),
      );
      for (const id of ids)
        if (id !== undefined) running.set(image, (running.get(image) ?? new Set()).add(id));
    }
    const two = [...running].find(([, ids]) => ids.size > 1);
    const evidence = {
      what: "images of the pods",
      where: `namespace ${cluster.namespace}`,
      when: now,
      by: environment,
    };
    if (two === undefined)
      return found(Object.fromEntries([...running].map(([image, [id = ""]]) => [image, id])), evidence);
    const shown = [...two[1]].map((id) => id.slice(0, 19)).join(" and ");
    return contradicted(
      {
        where: `${environment}, ${two[0]}`,
        found: `pods run ${shown}`,
        allowed: "one digest",
        mend: "wait for the roll-out, or mend it",
      },
      evidence,
    );
  } catch (error) {
    if (error instanceof Refusal) return unseen(error.problems[0]?.found ?? "no connection");
    return unseen(
      error instanceof Error ? (error.message.split("\n")[0] ?? "").slice(0, 200) : "no connection",
    );
  }
}
