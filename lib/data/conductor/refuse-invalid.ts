import { Refusal } from "../../problem";
import type { ProcessReport } from "../migrations";

/** Shown at once on a screen; all of them are in the report file. */
const shown = 50;

/** @throws Refusal that lists what does not obey the schema, or what a check found (rule N13). */
export function refuseInvalid(report: ProcessReport): void {
  const { madeInvalid, invalidBefore } = report.totals;
  const count = madeInvalid + invalidBefore;
  if (count === 0) return;
  const listed = report.invalid.slice(0, shown).map(({ collection, id, pointer, rule, verdict }) => ({
    where: report.collections.some(({ database }) => database !== undefined)
      ? `${collection}, row ${id}`
      : `${collection}, _id ${id}, ${pointer === "" ? "/" : pointer}`,
    found: verdict === "made-invalid" ? "made invalid by the migration" : "invalid before the migration too",
    allowed: rule,
    mend: verdict === "made-invalid" ? "the migration" : "the document, or the migration",
  }));
  const rest = count - listed.length;
  const more = {
    where: "the other documents",
    found: `${rest} more invalid ones`,
    allowed: "none",
    mend: `all of them are in ${report.reportFile}`,
  };
  throw new Refusal(`${count} invalid documents`, rest > 0 ? [...listed, more] : listed);
}
