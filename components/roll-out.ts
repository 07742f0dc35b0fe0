import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { isInRegistry } from "../lib/config/charts";
import { inRestartOrder } from "../lib/config/restart-order";
import type { StackConfig } from "../lib/config/stack-config";
import { restartedForPrefix } from "../lib/data/cluster/restart";
import { HelmRelease } from "./helm-release";
import { type ReleaseImage, imageOf } from "./image";
import { Job } from "./job";
import { fromProgram } from "./project";
import { Workload } from "./workload";

/** Where the code rolls out, and what. */
export interface RollOut {
  readonly cluster: { readonly namespace: string; readonly provider: k8s.Provider };
  /** Image of each pin, by name. */
  readonly images: Readonly<Record<string, ReleaseImage>>;
  /** Record of the release. */
  readonly release: pulumi.Input<string>;
}

/** The code of a release: its jobs, to their end (rule F23), and then its services, each after those that it restarts with (rule H19). */
export function rollOut(
  { services, jobs }: Pick<StackConfig, "services" | "jobs">,
  { cluster, images, release }: RollOut,
  after: readonly pulumi.Resource[],
): readonly pulumi.Resource[] {
  const { namespace, provider } = cluster;
  const done = Object.entries(jobs).map(([name, job]) => {
    const { reference } = imageOf(images, job);
    return new Job(
      name,
      { ...job, namespace, image: reference, release },
      { dependsOn: [...after], provider },
    );
  });
  const running = new Map<string, pulumi.Resource>();
  for (const [name, service] of inRestartOrder(services)) {
    const { chart, restartsWith = [] } = service;
    const causes = restartsWith.flatMap((cause) => running.get(cause) ?? []);
    const restartedFor = Object.fromEntries(
      restartsWith.map((cause) => [
        `${restartedForPrefix}${cause}`,
        imageOf(images, services[cause] ?? service).digest,
      ]),
    );
    const args = { ...service, namespace, image: imageOf(images, service).reference, release, restartedFor };
    const opts = { dependsOn: [...after, ...done, ...causes], provider };
    running.set(
      name,
      chart === undefined
        ? new Workload(name, args, opts)
        : new HelmRelease(name, { ...args, chart, from: placeOf(chart.from) }, opts),
    );
  }
  return [...done, ...running.values()];
}

function placeOf(from: string): string {
  return isInRegistry(from) ? from : `./${fromProgram(from)}`;
}
