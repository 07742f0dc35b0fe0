import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import type { ExecutionSpec, ReleaseSpec } from "../../../lib/data/protocol";
import { makeEngineImage } from "../../../tools/images/engine/engine-image";
import { scratch } from "../../scratch";
import { specFor } from "../engine-run";
import { spread } from "./catalogue";

export const namespace = "spread";
const claim = "slipway-dumps";

/** A namespace of the embedded cluster with a volume that its workers and this process share, and the engine's image. */
export class SpreadPlace {
  private constructor(
    private readonly environment: EmbeddedEnvironment,
    /** The shared volume's folder. */
    readonly folder: string,
    readonly image: string,
    readonly core: CoreV1Api,
  ) {}

  static async make(environment: EmbeddedEnvironment): Promise<SpreadPlace> {
    const config = new KubeConfig();
    config.loadFromFile(environment.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const folder = scratch("volume");
    mkdirSync(folder, { recursive: true });
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await core.createPersistentVolume({
      body: {
        metadata: { name: claim },
        spec: {
          capacity: { storage: "1Gi" },
          accessModes: ["ReadWriteMany"],
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
        spec: {
          accessModes: ["ReadWriteMany"],
          storageClassName: "",
          volumeName: claim,
          resources: { requests: { storage: "1Gi" } },
        },
      },
    });
    const { repository, digest } = await makeEngineImage(environment.registry);
    return new SpreadPlace(environment, folder, `${repository}@${digest}`, core);
  }

  /** A release onto a database of the embedded server, done by one process. */
  spec(database: string): ReleaseSpec {
    const { mongo, kubeconfig } = this.environment;
    const spec = specFor({ uri: mongo.uri, writerUri: mongo.userUri }, database);
    return {
      ...spec,
      cluster: { kubeconfig: { kind: "file", path: kubeconfig }, namespace, workloads: [] },
      dump: { keep: this.folder },
    };
  }

  /** Pods do the work. */
  execution(changes: Partial<ExecutionSpec> = {}): ExecutionSpec {
    const uri = { kind: "value", value: this.environment.mongo.podReleaseUri } as const;
    return spread({ image: this.image, claim, uri, ...changes });
  }

  async pods(): Promise<readonly V1Pod[]> {
    return (await this.core.listNamespacedPod({ namespace })).items;
  }

  /** The first pod that this is true of. */
  async podWhere(is: (pod: V1Pod) => boolean): Promise<V1Pod> {
    for (;;) {
      const found = (await this.pods()).find(is);
      if (found) return found;
      await sleep(50);
    }
  }
}
