import type { Finding } from "../../lib/evidence/finding";
import { Refusal } from "../../lib/problem";

/** What was found; a command that cannot go on without it stops here. @throws Refusal with why it is not known. */
export function given<T>(finding: Finding<T>): T {
  if (finding.finding === "found") return finding.value;
  throw new Refusal("git", [finding.problem]);
}
