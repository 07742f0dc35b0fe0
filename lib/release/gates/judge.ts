import { mapFound, type Finding } from "../../evidence/finding";
import { type ServiceEvidence, serviceEvidence } from "../../evidence/service-evidence";
import { Refusal, type Problem } from "../../problem";
import { gateOf } from "./catalogue";
import { current } from "./deployment";
import type { Facts } from "./facts";
import type { Gate } from "./gate";
import { waiting, worst, type Judgement, type Verdict } from "./judgement";
import type { Override, Policy, RuleId } from "./policy";

/** An objection that a person accepted, with what it was before. */
export interface Overridden {
  readonly override: Override;
  readonly was: Judgement;
}

/** What one gate said, as it is shown and kept in the record. */
export interface GateReport {
  readonly id: RuleId;
  readonly title: string;
  readonly verdict: Verdict;
  readonly judgements: readonly Judgement[];
  readonly overridden: readonly Overridden[];
  /** Why it was not judged at all: it does not hold in this lane. */
  readonly setAside?: string;
}

/** Everything that was judged about one release, at one moment. */
export interface Report {
  readonly environment: string;
  readonly release: string;
  /** Hash of the release that was judged; the report is worth nothing for any other. */
  readonly hash: string;
  readonly at: string;
  readonly phase: Gate["phase"];
  readonly verdict: Verdict;
  /** One line of evidence per service: from the tag to what runs. */
  readonly services: readonly ServiceEvidence[];
  readonly gates: readonly GateReport[];
}

/** Judges every gate that the environment has; none stops the others, so that all refusals are seen at once (rule X4). */
export function judgeAll(phase: Gate["phase"], policy: Policy, facts: Facts): Report {
  const reports = policy.gates
    .map((id) => gateOf(id))
    .filter((gate) => gate.phase === phase)
    .map((gate) => judgeOne(gate, policy, facts));
  return {
    environment: policy.environment,
    release: facts.release.version,
    hash: facts.release.hash,
    at: facts.now,
    phase,
    verdict: reports.length === 0 ? "pass" : worst(reports),
    services: serviceEvidence(
      facts,
      Object.fromEntries(policy.sources.map(({ name, images }) => [name, images])),
      running(policy, facts),
    ),
    gates: reports,
  };
}

/** What the environment's newest record says that it runs; by image name. */
function running({ environment }: Policy, { deployments }: Facts): Finding<Readonly<Record<string, string>>> {
  return mapFound(deployments, (known) =>
    Object.fromEntries(
      (current(known, environment)?.pins ?? []).flatMap(({ name, digest }) =>
        digest === undefined ? [] : [[name, digest]],
      ),
    ),
  );
}

function judgeOne(gate: Gate, policy: Policy, facts: Facts): GateReport {
  const { id, title } = gate;
  const { kind } = policy.lane;
  if (gate.lanes !== undefined && !gate.lanes.includes(kind)) {
    return {
      id,
      title,
      verdict: "pass",
      judgements: [],
      overridden: [],
      setAside: `holds in the lanes ${gate.lanes.join(", ")}, this one is ${kind}`,
    };
  }
  const overrides =
    gate.firm === true ? [] : policy.overrides.filter((one) => one.gate === id && inForce(one, facts.now));
  const judged = carefully(gate, policy, facts).map((judgement) => accept(judgement, overrides));
  const judgements = judged.map(({ now }) => now);
  return {
    id,
    title,
    verdict: worst(judgements),
    judgements,
    overridden: judged.flatMap(({ overridden }) => overridden),
  };
}

/** A gate that cannot do its work waits: whatever went wrong in it, it has not passed. */
function carefully(gate: Gate, policy: Policy, facts: Facts): readonly Judgement[] {
  try {
    return gate.judge(policy, facts);
  } catch (error) {
    if (error instanceof Refusal) return error.problems.map((problem) => ({ verdict: "refuse", problem }));
    const found = error instanceof Error ? error.message : String(error);
    return [
      waiting({
        where: `gate ${gate.id}`,
        found,
        allowed: "a judgement",
        mend: "report this: the gate could not judge",
      }),
    ];
  }
}

function inForce({ until }: Override, now: string): boolean {
  return until === undefined || Date.parse(now) < Date.parse(until);
}

function accept(
  judgement: Judgement,
  overrides: readonly Override[],
): { now: Judgement; overridden: readonly Overridden[] } {
  if (judgement.verdict === "pass" || judgement.verdict === "warn") return { now: judgement, overridden: [] };
  const override = overrides.find(({ of }) => of === undefined || of === judgement.of);
  if (override === undefined) return { now: judgement, overridden: [] };
  return { now: { ...judgement, verdict: "warn" }, overridden: [{ override, was: judgement }] };
}

/** What stops the release: every refusal and everything that cannot be judged yet; undefined when nothing does. */
export function refusalOf(report: Report): Refusal | undefined {
  const problems = report.gates.flatMap((gate) =>
    gate.judgements.flatMap((judgement) => stopping(gate, judgement)),
  );
  if (problems.length === 0) return undefined;
  return new Refusal(`${report.environment} ${report.release}`, problems);
}

function stopping({ id, title }: GateReport, judgement: Judgement): readonly Problem[] {
  if (judgement.verdict === "pass" || judgement.verdict === "warn") return [];
  const { problem } = judgement;
  const found = judgement.verdict === "waiting" ? `cannot be judged yet (${problem.found})` : problem.found;
  return [{ ...problem, where: `${id} ${title}: ${problem.where}`, found }];
}
