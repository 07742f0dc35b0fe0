import type { CoreV1Api } from "@kubernetes/client-node";

/**
 * A namespace with a claim on a folder of this machine, which pods of the embedded node and this process share: what a
 * ReadWriteMany volume is on a real cluster.
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
  await core.createNamespace({ body: { metadata: { name: namespace } } });
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
