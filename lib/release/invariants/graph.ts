import type { Grade } from "../versions/environment-fit";

/** One resource of a release's graph, as far as its order and its safety are concerned. */
export interface GraphNode {
  readonly urn: string;
  readonly type: string;
  /** URNs of what it waits for. */
  readonly dependencies: readonly string[];
  /** Whether Pulumi refuses to delete or replace it. */
  readonly protect: boolean;
}

const migration = "pulumi-nodejs:dynamic/slipway:DataMigration";
const workload = /^kubernetes:(apps\/v1:(Deployment|StatefulSet|DaemonSet)|helm\.sh\/v3:Release)$/;

/** URNs of workloads that do not wait, over any number of steps, for every data migration of the stack (rule N16). */
export function workloadsBeforeData(graph: readonly GraphNode[]): readonly string[] {
  const nodes = new Map(graph.map((node) => [node.urn, node]));
  const migrations = graph.filter(({ type }) => type === migration).map(({ urn }) => urn);
  return graph
    .filter(({ type }) => workload.test(type))
    .filter(({ urn }) => {
      const after = allBefore(urn, nodes);
      return migrations.some((data) => !after.has(data));
    })
    .map(({ urn }) => urn);
}

function allBefore(urn: string, nodes: ReadonlyMap<string, GraphNode>): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [urn];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const fresh = (nodes.get(next)?.dependencies ?? []).filter((one) => !seen.has(one));
    for (const one of fresh) seen.add(one);
    open.push(...fresh);
  }
  return seen;
}

/** URNs of a production stack's data migrations that a `pulumi destroy` or a replacement would not stop at. */
export function unprotectedData(grade: Grade, graph: readonly GraphNode[]): readonly string[] {
  if (grade !== "production") return [];
  return graph.filter(({ type, protect }) => type === migration && !protect).map(({ urn }) => urn);
}
