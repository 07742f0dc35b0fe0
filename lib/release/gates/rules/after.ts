import type { DataFacts } from "../data-facts";
import type { Gate } from "../gate";
import { given, pass, refuse, type Judgement } from "../judgement";
import { problem } from "../per";

/** All that a gate may look at after the roll-out: what was released, and what was seen running. */
export interface AfterFacts {
  readonly release: { readonly version: string };
  readonly data: Pick<DataFacts, "verified">;
}

/** A gate that is judged where the release is verified; it asks nothing of the stack file. */
export interface AfterGate extends Gate {
  readonly phase: "after";
  readonly judge: (policy: unknown, facts: AfterFacts) => readonly Judgement[];
}

/** What was seen running is what was released; nothing looked at is nothing known. */
function asReleased(facts: AfterFacts): readonly Judgement[] {
  return given(facts.data.verified, ({ wrong, looked }, evidence) => {
    if (looked === 0)
      return [
        refuse(
          problem(
            evidence.where,
            "nothing was looked at",
            "pods and answers",
            "name what is asked in slipway:verification",
          ),
        ),
      ];
    const mend = "the release is taken back; look at the pods' logs";
    if (wrong.length === 0) return [pass({ ...evidence, what: `${looked} pods and answers as released` })];
    return wrong.map((found) =>
      refuse(problem(evidence.where, found, `${facts.release.version} everywhere`, mend)),
    );
  });
}

/** N5: every pod runs the released digest, and the API says its version and its schema. */
export const n5: AfterGate = {
  id: "N5",
  title: "what runs is what was released",
  phase: "after",
  judge: (_policy, facts) => asReleased(facts),
};

/** H14: after prod, the changes are live. */
export const h14: AfterGate = {
  id: "H14",
  title: "the changes are live",
  phase: "after",
  judge: (_policy, facts) => asReleased(facts),
};

/** A17: maintenance ends only when the services were used and tested. */
export const a17: AfterGate = {
  id: "A17",
  title: "it was tested before maintenance ends",
  phase: "after",
  firm: true,
  judge: (_policy, facts) => asReleased(facts),
};

/** The gates that are asked after the roll-out. */
export const afterGates: readonly AfterGate[] = [n5, h14, a17];
