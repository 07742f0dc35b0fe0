import { Writable } from "node:stream";
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  Exec,
  type KubeConfig,
  type V1Pod,
  type V1Status,
} from "@kubernetes/client-node";
import type { ClusterSpec } from "../../data/protocol";
import { connectCluster } from "../../evidence/kubernetes";
import { Refusal } from "../../problem";
import { type CommandPlace, lastLine, mostOutput, type Ran } from "./command-place";

/** Runs commands in a pod of a service, as `kubectl exec` does. */
export class PodPlace implements CommandPlace {
  /** @param timeout in seconds; the wait for a command that takes longer is given up. */
  constructor(
    private readonly cluster: ClusterSpec,
    private readonly service: string,
    private readonly container: string | undefined,
    private readonly timeout: number,
  ) {}

  async run(command: readonly string[]): Promise<Ran> {
    try {
      const config = connectCluster(this.cluster);
      const pod = await this.#pod(config);
      if (pod !== undefined) return await this.#exec(config, pod, command);
      if (await this.#deployed(config))
        return { ended: "badly", why: `${this.service} has no running pod in ${this.cluster.namespace}` };
      return { ended: "not-deployed", why: `no ${this.service} in ${this.cluster.namespace} yet` };
    } catch (error) {
      return { ended: "badly", why: said(error) };
    }
  }

  /** A ready pod; where none is, one that runs at least, so that the release that mends it can still be told. */
  async #pod(config: KubeConfig): Promise<V1Pod | undefined> {
    const { items } = await config
      .makeApiClient(CoreV1Api)
      .listNamespacedPod({ namespace: this.cluster.namespace, labelSelector: `app=${this.service}` });
    const running = items.filter(
      ({ metadata, status }) => metadata?.deletionTimestamp === undefined && status?.phase === "Running",
    );
    return running.find(isReady) ?? running[0];
  }

  async #deployed(config: KubeConfig): Promise<boolean> {
    const { namespace, workloads } = this.cluster;
    const kind = workloads.find(({ name }) => name === this.service)?.kind ?? "Deployment";
    const api = config.makeApiClient(AppsV1Api);
    const asked = { namespace, name: this.service };
    try {
      await (kind === "Deployment"
        ? api.readNamespacedDeployment(asked)
        : api.readNamespacedStatefulSet(asked));
      return true;
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return false;
      throw error;
    }
  }

  async #exec(config: KubeConfig, pod: V1Pod, command: readonly string[]): Promise<Ran> {
    const [stdout, stderr] = [new Collected(), new Collected()];
    const container = this.container ?? pod.spec?.containers[0]?.name ?? "";
    const { namespace } = this.cluster;
    const name = pod.metadata?.name ?? "";
    return new Promise((resolve, reject) => {
      let close = (): void => undefined;
      const timer = setTimeout(() => {
        close();
        resolve({ ended: "badly", why: `not done within ${this.timeout} s in pod ${name}` });
      }, this.timeout * 1000);
      const ended = (status: V1Status): void => {
        clearTimeout(timer);
        resolve(
          status.status === "Success"
            ? { ended: "well", output: stdout.text }
            : { ended: "badly", why: `${exitOf(status)} in pod ${name}: ${lastLine(stderr.text)}` },
        );
      };
      const opening = new Exec(config).exec(
        namespace,
        name,
        container,
        [...command],
        stdout,
        stderr,
        null,
        false,
        ended,
      );
      (opening as Promise<Connection>)
        .then((connection) => {
          close = () => {
            connection.close();
          };
          connection.on("error", () => undefined);
          connection.on("close", () => {
            // A status that came first has settled this already.
            clearTimeout(timer);
            resolve({ ended: "badly", why: `the connection to pod ${name} was closed` });
          });
        })
        .catch((error: unknown) => {
          clearTimeout(timer);
          reject(error instanceof Error ? error : new Error(said(error)));
        });
    });
  }
}

function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status: state }) => type === "Ready" && state === "True") ?? false;
}

function exitOf({ details, message }: V1Status): string {
  const code = details?.causes?.find(({ reason }) => reason === "ExitCode")?.message;
  return code === undefined ? (message ?? "no exit code").slice(0, 200) : `exit code ${code}`;
}

function said(error: unknown): string {
  if (error instanceof Refusal) return error.problems[0]?.found ?? error.message;
  return lastLine(
    error instanceof Error ? (error.message.split("\n")[0] ?? "") : "the cluster did not let it run",
  );
}

/** The part of a web socket that is used here. */
interface Connection {
  close(): void;
  on(event: "close" | "error", listener: () => void): void;
}

/** What a command prints, up to a limit. */
class Collected extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.text.length < mostOutput) this.text += chunk.toString();
    done();
  }
}
