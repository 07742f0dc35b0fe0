import type { Evidence } from "../../evidence/finding";
import type { Problem } from "../../problem";
import type { Deployment } from "./deployment";
import { current } from "./deployment";
import type { Facts, PinFacts, SourceFacts } from "./facts";
import { given, pass, type Judgement } from "./judgement";
import type { Policy, SourcePolicy } from "./policy";

/** Judges every source of the release, each with its own rules; a source without facts is waited for. */
export function perSource(
  policy: Policy,
  facts: Facts,
  judge: (source: SourcePolicy, facts: SourceFacts) => readonly Judgement[],
): readonly Judgement[] {
  if (policy.sources.length === 0) return [missing("slipway:sources", "no source", policy)];
  return policy.sources.flatMap((source) => {
    const found = facts.sources.find((one) => one.name === source.name);
    return found === undefined
      ? [missing(`source ${source.name}`, "nothing gathered", policy)]
      : judge(source, found);
  });
}

/** Judges every pinned image. */
export function perPin(
  policy: Policy,
  facts: Facts,
  judge: (pin: PinFacts) => readonly Judgement[],
): readonly Judgement[] {
  return facts.pins.length === 0
    ? [missing("slipway:images", "no image", policy)]
    : facts.pins.flatMap(judge);
}

/** Judges what the environment runs now; where it has no release yet, nothing came before. */
export function withCurrent(
  policy: Policy,
  facts: Facts,
  judge: (now: Deployment, evidence: Evidence) => readonly Judgement[],
  environment = policy.environment,
): readonly Judgement[] {
  return given(facts.deployments, (deployments, evidence) => {
    const now = current(deployments, environment);
    return now === undefined
      ? [pass({ ...evidence, what: `no release of ${environment} on record: nothing came before` })]
      : judge(now, evidence);
  });
}

/** Evidence that is in the stack file itself. */
export function inConfig(policy: Policy, facts: Facts, what: string, key: string): Evidence {
  return { what, where: `${stackFile(policy)} ${key}`, when: facts.now, by: facts.release.operator };
}

export function stackFile(policy: Pick<Policy, "environment">): string {
  return `Pulumi.${policy.environment}.yaml`;
}

export function problem(where: string, found: string, allowed: string, mend: string): Problem {
  return { where, found, allowed, mend };
}

function missing(where: string, found: string, policy: Policy): Judgement {
  const mend = `name it in ${stackFile(policy)}, or choose a preset without this gate`;
  return { verdict: "waiting", problem: { where, found, allowed: "what this gate judges", mend } };
}
