import type { Finding } from "../../evidence/finding";
import { Refusal } from "../../problem";
import type { Verified } from "./data-facts";
import type { GateReport } from "./judge";
import { worst } from "./judgement";
import { afterGates } from "./rules/after";

/**
 * Judges the gates that are asked after the roll-out (rules N5, H14, A17), on what was seen running; what runs is never overridden.
 * @param ids the gates that the environment has; those of before the roll-out are left out.
 * @throws Refusal when one of them does not pass: the release is then not confirmed, and is taken back.
 */
export function judgeAfter(
  ids: readonly string[],
  release: { readonly system: string; readonly release: string },
  verified: Finding<Verified>,
): readonly GateReport[] {
  const facts = { release: { version: release.release }, data: { verified } };
  const reports = afterGates
    .filter(({ id }) => ids.includes(id))
    .map((gate): GateReport => {
      const judgements = gate.judge(undefined, facts);
      return { id: gate.id, title: gate.title, verdict: worst(judgements), judgements, overridden: [] };
    });
  const problems = reports.flatMap(({ id, title, judgements }) =>
    judgements.flatMap((one) =>
      one.verdict === "pass" || one.verdict === "warn"
        ? []
        : [{ ...one.problem, where: `${id} ${title}: ${one.problem.where}` }],
    ),
  );
  if (problems.length > 0) throw new Refusal(`${release.system} ${release.release}`, problems);
  return reports;
}
