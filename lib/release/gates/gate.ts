import type { Facts } from "./facts";
import type { Judgement } from "./judgement";
import type { LaneKind } from "./lane";
import type { Policy, RuleId } from "./policy";

/** One rule, judged on facts that were gathered before; it looks nothing up and changes nothing. */
export interface Gate {
  /** The rule's id in the rulebook. */
  readonly id: RuleId;
  /** What must hold, as a sentence. */
  readonly title: string;
  /** `before` the first resource is touched, or `after` the roll-out. */
  readonly phase: "before" | "after";
  /** Lanes that it holds in; all where it names none. */
  readonly lanes?: readonly LaneKind[];
  /** Whether even a person with a reason cannot override it: without it nothing else that was judged would hold. */
  readonly firm?: boolean;
  /** Whether the stack file and the clock are all that it looks at: then nothing else need be looked up for it. */
  readonly alone?: boolean;
  readonly judge: (policy: Policy, facts: Facts) => readonly Judgement[];
}
