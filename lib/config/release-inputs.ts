import type { ClusterSpec, DumpSpec, ReleaseSpec } from "../data/protocol";
import { releaseHash } from "../release/release";
import type { StackConfig } from "./stack-config";
import { bucketSpec } from "./bucket";
import { executionSpec } from "./execution";
import { forgeOf } from "./ticket";
import { secretSource, storeSpec } from "./store-spec";

/** A release as it stands in the stack's state: all of the engine's spec but who runs it, and no secret in clear. */
export type ReleaseInputs = Omit<ReleaseSpec, "operator">;

/** One image, with the digest that its pin or its build gave. */
export interface DigestedImage {
  readonly name: string;
  readonly digest: string;
}

/** What a release is made of besides its stack file: contents of the project's folder. */
export interface ReleaseParts {
  /** The migrations that lead to the schema version, oldest first, and a schema of our own, with their content hashes. */
  readonly steps: readonly { readonly id: string; readonly hash: string }[];
  /** Content hash of each chart in a folder, by service. */
  readonly charts: Readonly<Record<string, string>>;
}

/** A release that is only asked about: its hash says nothing. */
export const noParts: ReleaseParts = { steps: [], charts: {} };

/** The release that a stack file asks for. */
export function releaseInputs(
  config: StackConfig,
  digests: readonly DigestedImage[],
  { steps, charts }: ReleaseParts,
): ReleaseInputs {
  const images = digests.map(({ name, digest }) => {
    const { repository, tag } = imageOf(config, name);
    return { name, repository, tag, digest };
  });
  const { system, environment, release, services, jobs, data } = config;
  const execution = executionSpec(config, digests);
  return {
    system,
    environment,
    release,
    hash: releaseHash({
      system,
      environment,
      release,
      images,
      services,
      ...(Object.keys(jobs).length > 0 && { jobs }),
      ...(Object.keys(charts).length > 0 && { charts }),
      schema: data.schema,
      // Not the folder that a step was read from: the same release has the same hash on every machine.
      migrations: steps.map(({ id, hash }) => ({ id, hash })),
    }),
    images,
    cluster: clusterSpec(config),
    store: storeSpec(config),
    schema: data.schema,
    migrations: data.migrations,
    order: data.order,
    reopen: data.reopen,
    confirmWithin: data.confirmWithin,
    ...(execution && { execution }),
    dump: dumpSpec(data.dump),
    keep: data.keep,
    ...(data.acceptLossSince !== undefined && { acceptLossSince: data.acceptLossSince }),
    ...tellOf(config),
  };
}

function dumpSpec({ bucket, ...dump }: StackConfig["data"]["dump"]): DumpSpec {
  return bucket === undefined ? dump : { ...dump, bucket: bucketSpec(bucket) };
}

/** Who is told; the release's ticket is where the stack file asks for one (rule F17). */
function tellOf(config: StackConfig): Pick<ReleaseInputs, "tell"> {
  const ticket = config.ticket && forgeOf(config);
  if (config.tell === undefined && ticket === undefined) return {};
  return { tell: { ...config.tell, ...(ticket !== undefined && { ticket }) } };
}

function imageOf(config: StackConfig, name: string): StackConfig["images"][string] {
  const image = config.images[name];
  if (image === undefined) throw new Error(`no image "${name}" in the stack's config`);
  return image;
}

/** The workloads of a stack file, and where they are. */
export function clusterSpec({ cluster, services }: Pick<StackConfig, "cluster" | "services">): ClusterSpec {
  const workloads = Object.entries(services).map(([name, { kind, restartsWith }]) => ({
    kind,
    name,
    ...(restartsWith && { restartsWith }),
  }));
  if (cluster.kind === "embedded")
    return { kubeconfig: { kind: "embedded" }, namespace: cluster.namespace, workloads };
  const { kubeconfig, context, namespace } = cluster;
  const source =
    "file" in kubeconfig ? ({ kind: "file", path: kubeconfig.file } as const) : secretSource(kubeconfig);
  return { kubeconfig: source, context, namespace, workloads };
}
