import { emptyWord } from "../../../config/empty-word";
import type { SecretConfig } from "../../../config/secrets";
import type { SecretFact } from "../facts";
import type { GatherRequest } from "./request";

/** H25: the secrets that a stack file names, and whether they are there. Their values are looked at, and go nowhere. */
export function secretFacts({
  config,
  variables,
}: Pick<GatherRequest, "config" | "variables">): readonly SecretFact[] {
  const { store } = config.data;
  const { cluster } = config;
  const named: readonly (readonly [string, SecretConfig | undefined])[] = [
    ["data.store.uri", store.uri],
    ["data.store.canary", store.canary],
    [
      "cluster.kubeconfig",
      cluster.kind === "context" && !("file" in cluster.kubeconfig) ? cluster.kubeconfig : undefined,
    ],
  ];
  return named.flatMap(([key, secret]) => (secret === undefined ? [] : [factOf(key, secret, variables)]));
}

function factOf(key: string, secret: SecretConfig, variables: GatherRequest["variables"]): SecretFact {
  if (secret === "embedded") return { key, from: "the embedded environment's", state: "there" };
  // Whether Pulumi has it is known when it is decrypted: then the engine refuses what is missing, empty or `null`.
  if ("secret" in secret) return { key, from: `Pulumi's ${secret.secret}`, state: "there" };
  const value = variables[secret.env];
  const from = `the environment variable ${secret.env}`;
  if (value === undefined) return { key, from, state: "not set" };
  return { key, from, state: emptyWord(value) ?? "there" };
}
