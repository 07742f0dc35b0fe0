import type { EngineRequest, SecretSource } from "../data/protocol";
import type { ReleaseInputs } from "./release-inputs";

/** Where the guardian's Secrets are mounted, by what is in them. */
export const mounts = { uri: "/var/run/slipway/uri", canary: "/var/run/slipway/canary" } as const;

/**
 * What a guardian is asked to do: to look after this release, from within the cluster. It holds no secret, and nothing that changes
 * without the release (a window's end, the order of a way back): the same release asks for the same guardian.
 */
export function guardRequest({
  system,
  environment,
  release,
  hash,
  schema,
  cluster,
  store,
  guardian,
  reopen,
  confirmWithin,
  keep,
}: ReleaseInputs): EngineRequest {
  const file = (path: string): SecretSource => ({ kind: "file", path: `${path}/value` });
  return {
    do: "guard",
    spec: {
      ...{ system, environment, release, hash, schema, guardian, reopen, confirmWithin, keep },
      operator: "the guardian",
      images: [],
      ...(cluster && {
        cluster: {
          kubeconfig: { kind: "in-cluster" },
          namespace: cluster.namespace,
          workloads: cluster.workloads,
        },
      }),
      store: { ...store, uri: file(mounts.uri), ...(store.canary && { canary: file(mounts.canary) }) },
      // It neither migrates nor dumps, and leaves no file: what was staged is in the database, and so is what it does.
      migrations: "/slipway/migrations",
      dump: { keep: "/slipway/dumps" },
    },
  };
}
