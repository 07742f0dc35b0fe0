import { type Problem, Refusal } from "../../problem";
import type { ProcessReport } from "../migrations";
import type { Rest, Work } from "./data-store";
import type { ReleasePlan, Way } from "./plan";

/** Shown at once; all of them are in the report file. */
const shown = 50;

/**
 * What does not come back on a way back stays as it is, with whatever users wrote since: code of the older version will meet
 * it, so it is judged by the older schema (rule N13).
 * @throws Refusal that lists what that schema does not allow, unless the config accepts it by name.
 */
export async function refuseUnfitRest(
  rest: Rest | undefined,
  work: Work,
  { from, to }: ReleasePlan,
  { past }: Extract<Way, { kind: "back" }>,
): Promise<ProcessReport | undefined> {
  const report = await rest?.judge(work);
  const count = report ? report.totals.invalidBefore + report.totals.madeInvalid : 0;
  if (!report || count === 0) return report;
  const { spec, reporter } = work.context;
  const says = `${count} that stay obey schema ${from}, but not ${to}`;
  if (past.some(({ opened }) => opened.release === spec.acceptLossSince)) {
    reporter.warn(`${says}; accepted by acceptLossSince. All of them: ${report.reportFile}`);
    return report;
  }
  const mend = `the documents; or accept them by name: slipway:data.acceptLossSince: ${past[0]?.opened.release ?? ""}`;
  const problems = report.invalid.slice(0, shown).map(({ collection, id, pointer, rule }): Problem => ({
    where: `${collection}, _id ${id}, ${pointer === "" ? "/" : pointer}`,
    found: `a document that schema ${to} does not allow, in a collection that does not come back`,
    allowed: rule,
    mend,
  }));
  throw new Refusal(`way back: ${says}; all of them are in ${report.reportFile}`, problems);
}
