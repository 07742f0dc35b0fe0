import type { ClusterSpec, SecretSource, StoreSpec } from "../data/protocol";
import type { ReleaseInputs } from "./release-inputs";

/** Names of the secret config keys that a release needs. */
export function secretKeysOf({
  store,
  cluster,
  execution,
  dump: { bucket },
}: Pick<ReleaseInputs, "store" | "cluster" | "execution" | "dump">): readonly string[] {
  const sources = [store.uri, store.canary, cluster?.kubeconfig, execution?.uri, bucket?.keyId, bucket?.key];
  return [...new Set(sources.flatMap((source) => (source?.kind === "config" ? [source.key] : [])))];
}

/** Puts the secrets' values in the place of their names, for the engine's standard input only (rule X5). */
export function withSecrets(inputs: ReleaseInputs, secrets: Readonly<Record<string, string>>): ReleaseInputs {
  const resolve = (source: SecretSource): SecretSource =>
    source.kind === "config" ? { kind: "value", value: secrets[source.key] ?? "" } : source;
  const { store, cluster, execution, dump } = inputs;
  const { bucket } = dump;
  return {
    ...inputs,
    ...(bucket && {
      dump: { ...dump, bucket: { ...bucket, keyId: resolve(bucket.keyId), key: resolve(bucket.key) } },
    }),
    ...(execution?.uri && { execution: { ...execution, uri: resolve(execution.uri) } }),
    store: { ...store, uri: resolve(store.uri), ...(store.canary && { canary: resolve(store.canary) }) },
    ...(cluster && { cluster: withKubeconfig(cluster, resolve) }),
  };
}

function withKubeconfig(cluster: ClusterSpec, resolve: (source: SecretSource) => SecretSource): ClusterSpec {
  const { kubeconfig } = cluster;
  return kubeconfig.kind === "in-cluster" ? cluster : { ...cluster, kubeconfig: resolve(kubeconfig) };
}

/** Puts absolute paths in the place of those that are relative to the project; names in a bucket stay. */
export function withPaths(inputs: ReleaseInputs, here: (path: string) => string): ReleaseInputs {
  const { store, dump, migrations } = inputs;
  return {
    ...inputs,
    store: withDumps(store, here),
    migrations: here(migrations),
    dump: dump.bucket === undefined ? { ...dump, keep: here(dump.keep) } : dump,
  };
}

function withDumps(store: StoreSpec, here: (path: string) => string): StoreSpec {
  if (store.kind !== "postgresql" || store.load === undefined) return store;
  const load = Object.entries(store.load).map(([database, path]) => [database, here(path)] as const);
  return { ...store, load: Object.fromEntries(load) };
}
