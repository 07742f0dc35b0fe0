import { configFacts } from "../../lib/release/gates/gather/config-facts";
import { gateOf } from "../../lib/release/gates/catalogue";
import type { GatherRequest } from "../../lib/release/gates/gather/request";
import { judgeAll } from "../../lib/release/gates/judge";
import type { GatesPart, Part } from "../../lib/review/diff/release-diff";
import { keptGates } from "../../lib/review/history/kept-release";

/** The gates that look at nothing but the stack file and the clock, judged; of the others only that they are to be. */
export function gatesOfStackFile(
  { config, policy }: Pick<GatherRequest, "config" | "policy">,
  now: string,
): Part<GatesPart> {
  const all = policy.gates.map((id) => gateOf(id)).filter(({ phase }) => phase === "before");
  const alone = all.filter((gate) => gate.alone === true);
  const unjudged = all.filter((gate) => gate.alone !== true);
  const request: GatherRequest = {
    config,
    policy,
    project: "",
    hash: "",
    hashAt: () => undefined,
    operator: "",
    now,
    variables: {},
  };
  const report = judgeAll("before", { ...policy, gates: alone.map(({ id }) => id) }, configFacts(request));
  return {
    known: true,
    value: {
      at: now,
      gates: keptGates(report.gates),
      unjudged: unjudged.map(({ id, title }) => ({ id, title })),
    },
    from: "judged by the stack file alone",
  };
}
