import type { Gate } from "../gate";
import { given, pass, refuse, type Judgement } from "../judgement";
import { inConfig, problem, stackFile } from "../per";
import type { Policy } from "../policy";

/** F14: production's namespaces are a closed list; a developer's is computed from who and what. */
export const f14: Gate = {
  id: "F14",
  title: "the namespace belongs to this environment",
  phase: "before",
  alone: true,
  judge: (policy, facts) => {
    const { namespace } = facts.release.cluster;
    const { namespaces } = policy.places;
    const key = "slipway:cluster.namespace";
    const legal =
      policy.grade === "development"
        ? isDeveloperNamespace(namespace) || namespaces.includes(namespace)
        : namespaces.includes(namespace);
    if (legal) return [pass(inConfig(policy, facts, `namespace ${namespace}`, key))];
    const allowed =
      policy.grade === "development"
        ? "stack-<user>-<name>, in letters"
        : `one of ${namespaces.join(", ") || "slipway:gates.places.namespaces, which is empty"}`;
    return [refuse(problem(`${stackFile(policy)} ${key}`, namespace, allowed, `edit ${stackFile(policy)}`))];
  },
};

/** A developer's namespace: letters only, the name in lower case (rule F14). @throws RangeError for anything else. */
export function developerNamespace(user: string, name: string): string {
  if (!/^[A-Za-z]+$/.test(user) || !/^[a-z]+$/.test(name)) {
    throw new RangeError(
      `user ${JSON.stringify(user)} and name ${JSON.stringify(name)} must be letters, the name in lower case`,
    );
  }
  return `stack-${user.toLowerCase()}-${name}`;
}

function isDeveloperNamespace(namespace: string): boolean {
  return /^stack-[a-z]+-[a-z]+$/.test(namespace);
}

/** H10: namespace and cluster are of the environment that is named. */
export const h10: Gate = {
  id: "H10",
  title: "namespace and cluster are this environment's",
  phase: "before",
  alone: true,
  firm: true,
  judge: (policy, facts) => {
    const { namespace, context } = facts.release.cluster;
    const file = stackFile(policy);
    const wantedNamespace =
      policy.places.namespaces.length === 0
        ? [`${policy.environment}-environment`]
        : policy.places.namespaces;
    const wantedContext = policy.places.context ?? `ingest-eks-${policy.environment}`;
    const namespaceKey = "slipway:cluster.namespace";
    const contextKey = "slipway:cluster.context";
    return [
      wantedNamespace.includes(namespace)
        ? pass(inConfig(policy, facts, `namespace ${namespace}`, namespaceKey))
        : refuse(problem(`${file} ${namespaceKey}`, namespace, wantedNamespace.join(" or "), `edit ${file}`)),
      context === wantedContext
        ? pass(inConfig(policy, facts, `context ${context}`, contextKey))
        : refuse(problem(`${file} ${contextKey}`, context ?? "no context", wantedContext, `edit ${file}`)),
    ];
  },
};

/** H11: every service says how many replicas it has; a missing number is no number. */
export const h11: Gate = {
  id: "H11",
  title: "every service has its number of replicas",
  phase: "before",
  alone: true,
  judge: (policy, facts) =>
    facts.release.services.map(({ name, replicas }) => {
      const key = `slipway:services.${name}.replicas`;
      if (replicas !== undefined && Number.isInteger(replicas) && replicas > 0)
        return pass(inConfig(policy, facts, `${name}: ${replicas}`, key), name);
      return refuse(
        problem(
          `${stackFile(policy)} ${key}`,
          String(replicas ?? "nothing"),
          "1 or more",
          `edit ${stackFile(policy)}`,
        ),
        name,
      );
    }),
};

/** A10: the secrets come from this environment's own place; what changed in the variables is shown. */
export const a10: Gate = {
  id: "A10",
  title: "variables and secrets are this environment's",
  phase: "before",
  judge: (policy, facts) => [
    ...secrets(policy, facts),
    ...given(facts.release.variables, (changed, evidence) => [
      pass({
        ...evidence,
        what: changed.length === 0 ? "no variable changes" : `variables that change: ${changed.join(", ")}`,
      }),
    ]),
  ],
};

function secrets(policy: Policy, facts: Parameters<Gate["judge"]>[1]): readonly Judgement[] {
  const wanted = policy.places.secretsReference;
  if (wanted === undefined) {
    const key = "slipway:gates.places.secretsReference";
    return [
      refuse(
        problem(
          `${stackFile(policy)} ${key}`,
          "nothing",
          "where this environment's secrets come from",
          `edit ${stackFile(policy)}`,
        ),
      ),
    ];
  }
  return given(facts.release.deployment, ({ secrets: found }, evidence) => {
    if (found === wanted) return [pass({ ...evidence, what: `secrets of ${wanted}` })];
    return [
      refuse(
        problem(evidence.where, `secrets of ${found ?? "nowhere"}`, wanted, `use the secrets of ${wanted}`),
      ),
    ];
  });
}
