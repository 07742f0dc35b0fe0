import type { Registry } from "../../../evidence/registry";
import type { Refusal } from "../../../problem";
import { gateOf } from "../catalogue";
import { current } from "../deployment";
import type { Facts } from "../facts";
import { judgeAll, refusalOf, type Report } from "../judge";
import { configFacts } from "./config-facts";
import type { Policy } from "../policy";
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
  const facts = asksNobody(request.policy) ? configFacts(request) : await gathered(request, registry);
  const report = judgeAll("before", request.policy, facts);
  return { facts, report, refusal: runsAlready(request, facts) ? undefined : refusalOf(report) };
}

/** Loaded only where somebody is asked: the forges' clients cost more than judging a stack file. */
async function gathered(request: GatherRequest, registry: Registry): Promise<Facts> {
  return (await import("./gather")).gather(request, registry);
}

/** An environment whose gates look at the stack file alone is judged at once: `up` asks no server for it. */
export function asksNobody({ gates }: Pick<Policy, "gates">): boolean {
  return gates.map((id) => gateOf(id)).every(({ alone, phase }) => alone === true || phase === "after");
}

/** Applying again what runs releases nothing: no window, approval or soak time is needed for that. */
function runsAlready({ policy, hash }: GatherRequest, { deployments }: Facts): boolean {
  return deployments.finding === "found" && current(deployments.value, policy.environment)?.hash === hash;
}
