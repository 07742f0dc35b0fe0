import type { DataPlan } from "../data/protocol";

const shownInvalid = 20;

/** A data plan as lines for people: schema, migrations, counts per collection, what is or would be invalid (rule X4: all of it). */
export function describePlan(plan: DataPlan): readonly string[] {
  const { schema, migrations, tried, collections, invalid, problems } = plan;
  const changes = collections.filter(({ added, changed, removed }) => added + changed + removed > 0);
  if (schema.from === schema.to && changes.length === 0 && problems.length === 0 && invalid.length === 0)
    return [];
  const changed = changes.reduce((sum, { changed: count }) => sum + count, 0);
  return [
    `data: schema ${schema.from} → ${schema.to}, by ${migrations.map(({ id }) => id).join(", ") || "no migration"}`,
    `data: ${changed} of ${tried.of} documents would change (${tried.documents === tried.of ? "all" : String(tried.documents)} tried)`,
    ...changes.map(
      (c) =>
        `data:   ${c.collection}: ${c.changed} changed, ${c.added} added, ${c.removed} removed of ${c.documentsBefore}`,
    ),
    ...invalid
      .slice(0, shownInvalid)
      .map((d) => `data:   invalid (${d.verdict}): ${d.collection} ${d.id} ${d.pointer || "/"}: ${d.rule}`),
    ...(invalid.length > shownInvalid
      ? [`data:   … and ${invalid.length - shownInvalid} more invalid documents`]
      : []),
    ...problems.map(
      (p) => `data:   refused: ${p.where}: found ${p.found}; allowed: ${p.allowed}. Mend: ${p.mend}`,
    ),
  ];
}
