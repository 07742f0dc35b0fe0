import { setTimeout as sleep } from "node:timers/promises";
import type { CoreV1Api } from "@kubernetes/client-node";

/** Within which a cluster binds a claim to a volume that was made for it. */
const patienceMs = 120_000;

/**
 * A claim on a folder of this machine, which pods of the embedded node and this process share: what a ReadWriteMany volume is on a
 * real cluster.
 * @param claim name of the claim in its namespace, and of the volume, of which the cluster has one.
 * @param folder it must be there.
 * @returns when the claim is bound: a scheduler that met a pod of an unbound one may leave it lying for five minutes.
 * @throws Error when the cluster does not bind it.
 */
export async function makeSharedVolume(
  core: CoreV1Api,
  {
    namespace,
    claim,
    folder,
  }: { readonly namespace: string; readonly claim: string; readonly folder: string },
): Promise<void> {
  const accessModes = ["ReadWriteMany"];
  const storage = "1Gi";
  await core.createPersistentVolume({
    body: {
      metadata: { name: claim },
      spec: {
        capacity: { storage },
        accessModes,
        storageClassName: "",
        hostPath: { path: folder, type: "Directory" },
        claimRef: { namespace, name: claim },
      },
    },
  });
  await core.createNamespacedPersistentVolumeClaim({
    namespace,
    body: {
      metadata: { name: claim },
      spec: { accessModes, storageClassName: "", volumeName: claim, resources: { requests: { storage } } },
    },
  });
  const until = Date.now() + patienceMs;
  for (;;) {
    const { status } = await core.readNamespacedPersistentVolumeClaim({ namespace, name: claim });
    if (status?.phase === "Bound") return;
    if (Date.now() > until)
      throw new Error(`the claim ${namespace}/${claim} is ${status?.phase ?? "new"} still`);
    await sleep(200);
  }
}
