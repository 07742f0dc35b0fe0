import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { OciRegistry } from "../../../lib/evidence/oci-registry";
import { ImageReference } from "../../../lib/release/references/image-reference";
import type { KubeApi } from "../kube-api";
import { ownerVariable } from "../processes";
import type { PlayedService, Pod, Variable } from "./played-service";

/** How long a process may take to end when it is asked to, in milliseconds. */
const patience = 3000;

/** One service's API as a process beside the cluster: the program with what its image and its pod would give it. */
export class PlayedProcess {
  private running: { readonly pod: string; readonly child: ChildProcess } | undefined;

  /** @param program file of the API's program: what every image of the API holds. */
  constructor(
    private readonly service: PlayedService,
    private readonly program: string,
    private readonly api: KubeApi,
  ) {}

  /** Makes the process that of this pod; without a pod nothing runs. */
  async play(pod: Pod | undefined): Promise<void> {
    if (this.running?.pod === pod?.metadata.uid && runs(this.running?.child)) return;
    const env = pod && { ...(await imageVariables(pod)), ...(await this.podVariables(pod)) };
    await this.end();
    if (pod === undefined) return;
    const child = spawn(this.program, [], {
      env: {
        ...env,
        HOST: "127.0.0.1",
        PORT: String(this.service.port),
        // It ends when this pipe closes: also when this process is killed.
        END_WITH_INPUT: "1",
        [ownerVariable]: process.env[ownerVariable] ?? "",
      },
      stdio: ["pipe", "inherit", "inherit"],
    });
    child.on("error", (error) => {
      console.error(`${this.program}: ${error.message}`);
    });
    this.running = { pod: pod.metadata.uid, child };
    console.error(`plays pod ${pod.metadata.name}, image ${pod.spec.containers[0]?.image ?? "none"}`);
  }

  async end(): Promise<void> {
    const child = this.running?.child;
    this.running = undefined;
    if (!runs(child)) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), patience);
    await gone;
    clearTimeout(late);
  }

  private async podVariables(pod: Pod): Promise<Record<string, string>> {
    const variables = pod.spec.containers[0]?.env ?? [];
    const values = variables.map(async (one) => [one.name, await this.valueOf(one)] as const);
    return Object.fromEntries(await Promise.all(values));
  }

  private async valueOf({ value, valueFrom }: Variable): Promise<string> {
    const wanted = valueFrom?.secretKeyRef;
    if (wanted === undefined) return value ?? "";
    const path = `/api/v1/namespaces/${this.service.namespace}/secrets/${wanted.name}`;
    const { status, text } = await this.api.call("GET", path);
    const { data } = JSON.parse(text) as { data?: Record<string, string> };
    const found = data?.[wanted.key];
    if (status !== 200 || found === undefined)
      throw new Error(`no key ${wanted.key} in secret ${wanted.name}`);
    return Buffer.from(found, "base64").toString();
  }
}

function runs(child: ChildProcess | undefined): child is ChildProcess {
  return child?.exitCode === null && child.signalCode === null;
}

/** What is baked into the pod's image, as the registry has it. */
async function imageVariables(pod: Pod): Promise<Readonly<Record<string, string>>> {
  const image = ImageReference.parse(pod.spec.containers[0]?.image ?? "", `pod ${pod.metadata.name}`);
  const finding = await new OciRegistry().factsOf(image);
  if (finding.finding === "found") return finding.value.environment;
  throw new Error(`${image.toString()}: ${finding.problem.found}`);
}
