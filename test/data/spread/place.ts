import { readdir, readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
} from "@kubernetes/client-node";
import { pack } from "tar-stream";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import { hasStatus } from "../../../lib/data/cluster/connect";
import type { ClusterSpec, ExecutionSpec, ReleaseSpec } from "../../../lib/data/protocol";
import { engineSettings, makeEngineImage } from "../../../tools/images/engine/engine-image";
import { assembleImage, type Blob, layerOf } from "../../../tools/images/image";
import { LoopbackRegistry } from "../../../tools/images/registry";
import { makeSharedVolume } from "../../../tools/workers/shared-volume";
import { scratch } from "../../scratch";
import { specFor } from "../engine-run";
import { spread } from "./catalogue";

/** A namespace of the embedded cluster with a volume that its workers and this process share, and the engine's image. */
export class SpreadPlace {
  private constructor(
    private readonly environment: EmbeddedEnvironment,
    readonly namespace: string,
    /** The shared volume's folder. */
    readonly folder: string,
    readonly image: string,
    readonly core: CoreV1Api,
    private readonly batch: BatchV1Api,
  ) {}

  /** @param namespace a new one; the volume's claim is called alike. */
  static async make(environment: EmbeddedEnvironment, namespace: string): Promise<SpreadPlace> {
    const config = new KubeConfig();
    config.loadFromFile(environment.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const folder = scratch("volume");
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await makeSharedVolume(core, { namespace, claim: namespace, folder });
    const { repository, digest } = await makeEngineImage(environment.registry);
    return new SpreadPlace(
      environment,
      namespace,
      folder,
      `${repository}@${digest}`,
      core,
      config.makeApiClient(BatchV1Api),
    );
  }

  /** A release onto a database of the embedded server, done by one process. */
  spec(database: string): ReleaseSpec {
    const { mongo } = this.environment;
    const spec = specFor({ uri: mongo.uri, writerUri: mongo.userUri }, database);
    return { ...spec, cluster: this.cluster, dump: { keep: this.folder } };
  }

  get cluster(): ClusterSpec {
    const { kubeconfig } = this.environment;
    return { kubeconfig: { kind: "file", path: kubeconfig }, namespace: this.namespace, workloads: [] };
  }

  /** Address of this machine as pods know it. */
  get host(): string {
    return new URL(this.environment.mongo.podReleaseUri).hostname;
  }

  /** Pods do the work. */
  execution(changes: Partial<ExecutionSpec> = {}): ExecutionSpec {
    const uri = { kind: "value", value: this.environment.mongo.podReleaseUri } as const;
    return spread({ image: this.image, claim: this.namespace, uri, ...changes });
  }

  async pods(): Promise<readonly V1Pod[]> {
    return (await this.core.listNamespacedPod({ namespace: this.namespace })).items;
  }

  /** Whether a pod's worker runs now. */
  isRunning({ status }: V1Pod): boolean {
    return status?.containerStatuses?.[0]?.state?.running !== undefined;
  }

  /** SIGKILL to the worker of a pod, as its node's kernel would send it. @returns whether it was still there. */
  async kill(pod: V1Pod): Promise<boolean> {
    const id = pod.status?.containerStatuses?.[0]?.containerID?.replace("containerd://", "") ?? "none";
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const groups = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "");
      if (!groups.includes(id)) continue;
      process.kill(Number(pid), "SIGKILL");
      return true;
    }
    return false;
  }

  /** Evicts all workers, as draining their node does. @returns their names. */
  async drain(): Promise<readonly string[]> {
    const names = (await this.pods()).map(({ metadata }) => metadata?.name ?? "");
    for (const name of names) await this.#evict(name);
    return names;
  }

  async #evict(name: string): Promise<void> {
    const { namespace } = this;
    const body = { metadata: { name, namespace }, deleteOptions: { gracePeriodSeconds: 0 } };
    await this.core.createNamespacedPodEviction({ name, namespace, body }).catch((error: unknown) => {
      // It may have ended by itself.
      if (!hasStatus(error, 404)) throw error;
    });
  }

  /** Whether the node takes new pods. */
  async cordon(unschedulable: boolean): Promise<void> {
    const [node] = (await this.core.listNode()).items;
    await this.core.patchNode(
      { name: node?.metadata?.name ?? "", body: { spec: { unschedulable } } },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
  }

  /** The same image with another file among its compiled ones: another engine. */
  async otherEngine(): Promise<string> {
    const [, name = ""] = /^[^/]+\/(.+)@/.exec(this.image) ?? [];
    const registry = new LoopbackRegistry(this.environment.registry);
    const pull = async (kind: "blobs" | "manifests", digest: string): Promise<Blob> => {
      const bytes = await registry.pull(name, kind, digest);
      return { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, bytes };
    };
    const manifest = await pull("manifests", this.image.slice(this.image.indexOf("@") + 1));
    const { layers } = JSON.parse(manifest.bytes.toString()) as { layers: readonly { digest: string }[] };
    const archive = pack();
    archive.entry({ name: "slipway/build/lib/another.js" }, "exports.another = true;");
    archive.finalize();
    const blobs = await Promise.all(layers.map(({ digest }) => pull("blobs", digest)));
    const image = assembleImage([...blobs, layerOf(await buffer(archive))], engineSettings());
    const digest = await registry.push(name, "another", image);
    return `${this.environment.registry}/${name}@${digest}`;
  }

  /** Jobs and Secrets of ours that are there. */
  async left(): Promise<readonly string[]> {
    const { namespace } = this;
    const [{ items: jobs }, { items: secrets }] = await Promise.all([
      this.batch.listNamespacedJob({ namespace }),
      this.core.listNamespacedSecret({ namespace }),
    ]);
    return [...jobs, ...secrets].map(({ metadata }) => metadata?.name ?? "");
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
