import type { StackConfig } from "../../../config/stack-config";
import { type Finding, unjudged } from "../../../evidence/finding";
import type { HashAt } from "../../approvals/forge-reviews";
import type { Policy } from "../policy";

/** A whole stack file, with its sections for the gates. */
export type GatedStack = StackConfig;

/** What facts are gathered for. */
export interface GatherRequest {
  readonly config: GatedStack;
  readonly policy: Policy;
  /** The folder of the stack files: its records, its git repository. */
  readonly project: string;
  /** Hash of what would be released. */
  readonly hash: string;
  /** What would be released from another commit of the project; for reviews. */
  readonly hashAt: HashAt;
  /** The pull request in which this change is reviewed, where the caller knows it. */
  readonly pullRequest?: number | undefined;
  readonly operator: string;
  readonly now: string;
  /** Where tokens are read from. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** A fact that was not looked up, because nothing says where. The gate that needs it waits. */
export function nowhere(what: string, mend: string): Finding<never> {
  return unjudged({
    where: what,
    found: "nothing says where to look",
    allowed: "a place to look it up",
    mend,
  });
}
