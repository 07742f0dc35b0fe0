import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { databaseName, type Fragalysis, type FragalysisEnvironment } from "../../tools/examples/fragalysis";

/** What everybody sees of a released Fragalysis: its pods, what they answer, and its data. */
export class FragalysisSeen {
  constructor(private readonly fragalysis: Fragalysis) {}

  /** The digest that each workload asks for; empty before the first release. */
  async digests(environment: FragalysisEnvironment): Promise<Readonly<Record<string, string>>> {
    const images = await this.fragalysis.platforms[environment].images();
    return Object.fromEntries(
      Object.entries(images).map(([name, image]) => [name, image.split("@")[1] ?? "none"]),
    );
  }

  /** Pods of a service, in the order of their names. */
  async podsOf(environment: FragalysisEnvironment, service: string): Promise<readonly V1Pod[]> {
    const pods = (await this.fragalysis.platforms[environment].pods()).get(service) ?? [];
    return [...pods].sort((a, b) => ((a.metadata?.name ?? "") < (b.metadata?.name ?? "") ? -1 : 1));
  }

  /** Waits until the pods of a service are as they should be; mocha's time limit ends what never is. */
  async podsUntil(
    environment: FragalysisEnvironment,
    service: string,
    fit: (pods: readonly V1Pod[]) => boolean,
  ): Promise<readonly V1Pod[]> {
    for (;;) {
      const pods = await this.podsOf(environment, service);
      if (fit(pods)) return pods;
      await sleep(200);
    }
  }

  /** What the cluster calls every pod of an environment: another pod of the same name has another. */
  async podIds(environment: FragalysisEnvironment): Promise<readonly string[]> {
    const pods = [...(await this.fragalysis.platforms[environment].pods()).values()].flat();
    return pods.map(({ metadata }) => metadata?.uid ?? "").sort();
  }

  /** What the first pod of the stack answers under /version. */
  async version(environment: FragalysisEnvironment): Promise<Readonly<Record<string, unknown>>> {
    const answer: unknown = await this.ask(environment, "version");
    return (typeof answer === "string" ? JSON.parse(answer) : answer) as Readonly<Record<string, unknown>>;
  }

  /** The frontend's page, as that pod serves it. */
  async page(environment: FragalysisEnvironment): Promise<string> {
    return String(await this.ask(environment, ""));
  }

  /** How many categories of tags there are: none before the second release. */
  async categories(environment: FragalysisEnvironment): Promise<number> {
    const { [environment]: databases } = this.fragalysis.databases;
    const name = databaseName(environment);
    const table = "SELECT FROM pg_tables WHERE tablename = 'viewer_tagcategory'";
    if ((await databases.rows(name, table)).length === 0) return 0;
    return (await databases.rows(name, "SELECT FROM viewer_tagcategory")).length;
  }

  /** Stack, worker and beat run one image, the pinned one (rule F21). */
  async assertRuns(environment: FragalysisEnvironment): Promise<void> {
    const digest = this.fragalysis.pinnedDigest(environment);
    assert.deepEqual(await this.digests(environment), { beat: digest, stack: digest, worker: digest });
  }

  /** The data of the first release are whole, and open to an ordinary user. */
  async assertFirstDataStand(environment: FragalysisEnvironment): Promise<void> {
    const { [environment]: databases } = this.fragalysis.databases;
    const name = databaseName(environment);
    await databases.settled();
    assert.equal(await this.categories(environment), 0);
    assert.equal((await databases.rows(name, "SELECT FROM viewer_tag")).length, 400);
    await databases.rowsAsUser(name, "UPDATE viewer_target SET title = title WHERE id = 1");
  }

  private async ask(environment: FragalysisEnvironment, path: string): Promise<unknown> {
    const { [environment]: platform } = this.fragalysis.platforms;
    const pod = { namespace: platform.namespace, name: `stack-0:${this.fragalysis.port}` };
    if (path === "") return platform.core().connectGetNamespacedPodProxy(pod);
    return platform.core().connectGetNamespacedPodProxyWithPath({ ...pod, path });
  }
}

export function isReady(pod: V1Pod | undefined): boolean {
  return readySince(pod) !== undefined;
}

/** Since when a pod is ready; undefined where it is not. */
export function readySince(pod: V1Pod | undefined): Date | undefined {
  const ready = pod?.status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" ? ready.lastTransitionTime : undefined;
}
