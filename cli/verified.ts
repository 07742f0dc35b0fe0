import type { VerificationConfig } from "../lib/config/verification";
import type { ReleaseSpec } from "../lib/data/protocol";
import { found } from "../lib/evidence/finding";
import {
  awaitRunningSystem,
  type ExpectedService,
  type RunningEvidence,
} from "../lib/evidence/running-system";
import type { GateReport } from "../lib/release/gates/judge";
import { judgeAfter } from "../lib/release/gates/judge-after";

interface Wanted {
  readonly expected: readonly ExpectedService[];
  readonly verification: VerificationConfig;
  readonly gates: readonly string[];
}

/** What was seen running, and what the gates that are asked after the roll-out say of it. */
export interface VerifiedRelease {
  readonly evidence: RunningEvidence;
  readonly judged: readonly Pick<GateReport, "id" | "title" | "verdict">[];
}

/** Waits until what runs is what was released, then judges it (rules N5, H14, A17). @throws Refusal with all that is wrong. */
export async function verified(
  spec: ReleaseSpec,
  { expected, verification, gates }: Wanted,
): Promise<VerifiedRelease> {
  const evidence = await awaitRunningSystem(spec, expected, verification);
  const { at: when, pods, answers } = evidence;
  const looked = { wrong: [], looked: pods.length + answers.length };
  const what = `${pods.length} pods, ${answers.length} answers`;
  const where = spec.cluster === undefined ? "no cluster" : `namespace ${spec.cluster.namespace}`;
  const judged = judgeAfter(gates, spec, found(looked, { what, where, when, by: spec.operator }));
  for (const { id, title, judgements } of judged)
    for (const one of judgements)
      if (one.verdict === "pass") console.log(`✓ ${id} ${title}: ${one.evidence.what}`);
  // Resource outputs cannot hold what is undefined, as parts of a whole report are.
  return { evidence, judged: judged.map(({ id, title, verdict }) => ({ id, title, verdict })) };
}
