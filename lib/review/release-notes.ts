import type { ReleaseRecordData } from "../data/protocol";

/** The record as Markdown, for a GitHub Release (rule N3): what changed, how long it took, what proves it. */
export function releaseNotes(record: ReleaseRecordData): string {
  const { schema, images, collections } = record;
  const changed = collections.filter(({ added, changed, removed }) => added + changed + removed > 0);
  const total = collections.reduce((sum, { documentsAfter }) => sum + documentsAfter, 0);
  const lines = [
    `Released to **${record.environment}** by ${record.operator} at ${record.closedAt ?? record.openedAt}: ${record.outcome}.`,
    "",
    schema.from === schema.to
      ? `Schema: ${schema.package} ${schema.to}, unchanged.`
      : `Schema: ${schema.package} ${schema.from} → **${schema.to}**.`,
    "",
    "| image | from | to |",
    "|---|---|---|",
    ...images.map(({ name, from, to }) => `| ${name} | ${from ?? "–"} | \`${to}\` |`),
    "",
    ...(changed.length === 0
      ? [`Data: ${total} documents, none changed.`]
      : [
          "| collection | documents | added | changed | removed |",
          "|---|---|---|---|---|",
          ...changed.map(
            (c) => `| ${c.collection} | ${c.documentsAfter} | ${c.added} | ${c.changed} | ${c.removed} |`,
          ),
        ]),
    "",
    `Release hash: \`${record.hash}\``,
  ];
  return lines.join("\n");
}
