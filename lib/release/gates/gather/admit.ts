import type { Registry } from "../../../evidence/registry";
import type { Refusal } from "../../../problem";
import { gateOf } from "../catalogue";
import { current } from "../deployment";
import type { Facts } from "../facts";
import { judgeAll, refusalOf, type Report } from "../judge";
import { configFacts, gather } from "./gather";
import type { GatherRequest } from "./request";

/** What came of judging a release at the moment of applying. */
export interface Admission {
  readonly facts: Facts;
  readonly report: Report;
  /** What stops it; undefined when it may go on, or when it is what runs already, so that nothing is released (rule X3). */
  readonly refusal: Refusal | undefined;
}

/**
 * Judges a release before its first resource is touched: gathers, judges, and says what stops it. `preview` shows the report and
 * refuses nothing; `up` throws the refusal.
 */
export async function admit(request: GatherRequest, registry: Registry): Promise<Admission> {
  const facts = asksNobody(request) ? configFacts(request) : await gather(request, registry);
  const report = judgeAll("before", request.policy, facts);
  return { facts, report, refusal: runsAlready(request, facts) ? undefined : refusalOf(report) };
}

/** An environment whose gates look at the stack file alone is judged at once: `up` asks no server for it. */
function asksNobody({ policy }: GatherRequest): boolean {
  return policy.gates
    .map((id) => gateOf(id))
    .every(({ alone, phase }) => alone === true || phase === "after");
}

/** Applying again what runs releases nothing: no window, approval or soak time is needed for that. */
function runsAlready({ policy, hash }: GatherRequest, { deployments }: Facts): boolean {
  return deployments.finding === "found" && current(deployments.value, policy.environment)?.hash === hash;
}
