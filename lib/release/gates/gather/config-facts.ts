import { databasesOf } from "../../../config/store";
import type { Facts, ReleaseFacts, SourceFacts } from "../facts";
import { openSource } from "./open-source";
import { type GatherRequest, nowhere } from "./request";
import { secretFacts } from "./secrets";

/** The facts of gates that look at the stack file alone: nothing is asked, and whatever else they were judged on would be missing. */
export function configFacts(request: GatherRequest): Facts {
  const open = nowhere("facts", "no gate of this environment asks for it");
  const { config, policy } = request;
  return {
    now: request.now,
    secondClock: open,
    release: releaseFacts(request, [], open, open),
    sources: policy.sources.map(({ name }) => openSource(name, open)),
    pins: Object.entries(config.images).map(([name, { repository, tag, digest, commit }]) => ({
      pin: { name, repository, tag, digest, commit },
      digest: open,
      whole: open,
      image: open,
      vulnerabilities: open,
    })),
    deployments: open,
    request: open,
    change: open,
    statements: open,
    forgeRelease: open,
    ticket: open,
    issues: open,
    done: open,
    jobs: open,
    tree: open,
    released: open,
    data: {
      stores: databasesOf(config.data.store),
      backups: open,
      rehearsal: open,
      pending: open,
      maintenance: open,
      commitSchema: open,
      imageSchema: open,
      packageHashes: open,
      verified: open,
    },
  };
}

/** What the stack file and the caller say of the release, with the facts that had to be looked up. */
export function releaseFacts(
  request: GatherRequest,
  sources: readonly SourceFacts[],
  deployment: ReleaseFacts["deployment"],
  changed: ReleaseFacts["variables"],
): ReleaseFacts {
  const { config, variables } = request;
  const exists = sources.every(({ tag }) => tag.finding !== "contradicted");
  return {
    version: config.release,
    hash: request.hash,
    intent: exists || config.notes?.commitish === undefined ? "deploy" : "create",
    makesPage: config.notes !== undefined,
    operator: request.operator,
    schema: config.data.schema,
    cluster: {
      namespace: config.cluster.namespace,
      context: config.cluster.kind === "context" ? config.cluster.context : undefined,
    },
    // Nothing that this program makes has a volume: what a container writes inside itself is lost.
    services: Object.entries(config.services).map(([name, { image, replicas, strategy }]) => ({
      name,
      image,
      replicas,
      strategy,
      volume: false,
    })),
    deployment,
    variables: changed,
    secrets: secretFacts(request),
    triggers: {
      deploy: variables["TRIGGER_AWX"] === "yes",
      developer: variables["TRIGGER_DEVELOPER_AWX"] === "yes",
    },
  };
}
