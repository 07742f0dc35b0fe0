import type { CoreV1Api } from "@kubernetes/client-node";

/**
 * A claim on a folder of this machine, which pods of the embedded node and this process share: what a ReadWriteMany volume is on a
 * real cluster.
 * @param claim name of the claim in its namespace, and of the volume, of which the cluster has one.
 * @param folder it must be there.
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
}
