import { policyOf } from "../../lib/config/gates-policy";
import { parseStackConfig } from "../../lib/config/stack-config";
import { StackFile } from "../../lib/config/stack-file";
import { gateOf } from "../../lib/release/gates/catalogue";
import type { Report } from "../../lib/release/gates/judge";
import type { Judgement } from "../../lib/release/gates/judgement";
import type { RuleId } from "../../lib/release/gates/policy";

/** What some gates found in the example; every other one passed. */
const found: Readonly<Partial<Record<RuleId, string>>> = {
  N1: "CI “Python application” succeeded for 1c704975, 3 min 12 s",
  N2: "v2.19.0 follows v2.18.1: minor",
  N3: "RELEASES.md has an entry for v2.19.0",
  N4: "2 images, each the digest of its tag",
  N7: "requirements/main.txt pins nmdc-schema 11.24.1, and so does the image",
  N8: "both images are there whole, 14 layers",
  F15: "the same digests run on staging since 19 Nov 2026, 10:46 UTC",
  W1: "open from 16:00 to 18:00 UTC",
  W4: "has run on staging for 30 h of 24 h",
};

/** A report as `slipway check --json` makes it, of gates that passed, and of those that a release still waits for. */
export function reportOf(
  stack: string,
  at: string,
  waits: Readonly<Partial<Record<RuleId, string>>> = {},
): Report {
  const config = parseStackConfig(StackFile.parse(stack, "stack").config(), "stack");
  const policy = policyOf(config);
  const gates = policy.gates
    .map((id) => gateOf(id))
    .filter(({ phase }) => phase === "before")
    .map(({ id, title }) => {
      const judgements = [judgementOf(id, at, waits[id])];
      return { id, title, verdict: judgements[0]?.verdict ?? "pass", judgements, overridden: [] };
    });
  const verdict = gates.some((gate) => gate.verdict === "waiting") ? "waiting" : "pass";
  const { environment, release } = config;
  return { environment, release, hash: "", at, phase: "before", verdict, services: [], gates };
}

function judgementOf(id: RuleId, at: string, waits: string | undefined): Judgement {
  if (waits !== undefined)
    return { verdict: "waiting", problem: { where: "pull request", found: waits, allowed: "", mend: "" } };
  return { verdict: "pass", evidence: { what: found[id] ?? "as it should be", where: "", when: at, by: "" } };
}
