import type { ReleaseRecordData } from "../data/protocol";

/** A closed record in one line. Example: `dev-v2.19.0-2: released by ana; schema 11.23.0 → 11.24.0; 12 of 237 documents changed`. */
export function recordInOneLine({ id, outcome, operator, schema, collections }: ReleaseRecordData): string {
  const total = collections.reduce((sum, { documentsAfter }) => sum + documentsAfter, 0);
  const changed = collections.reduce(
    (sum, change) => sum + change.changed + change.added + change.removed,
    0,
  );
  const versions = schema.from === schema.to ? schema.to : `${schema.from} → ${schema.to}`;
  const data = total === 0 ? "data untouched" : `${changed} of ${total} documents changed`;
  return `${id}: ${outcome} by ${operator}; schema ${versions}; ${data}`;
}

/** A closed record on one screen: what was released, what became of the data, how long it took, and the hash over all of it. */
export function recordInWords(record: ReleaseRecordData): string {
  const { schema, images, collections, durations } = record;
  const total = collections.reduce((sum, { documentsAfter }) => sum + documentsAfter, 0);
  const touched = collections.filter(({ added, changed, removed }) => added + changed + removed > 0);
  const changed = touched.reduce((sum, { changed: count }) => sum + count, 0);
  const lines = [
    `Record ${record.id}: ${record.system} ${record.release} on ${record.environment}, ${record.outcome}`,
    `  by       ${record.operator}, ${record.openedAt} to ${record.closedAt ?? "now"}`,
    ...(record.reason === undefined ? [] : [`  because  ${record.reason}`]),
    `  schema   ${schema.package} ${schema.from === schema.to ? `${schema.to}, unchanged` : `${schema.from} → ${schema.to}`}`,
    ...images.map(
      ({ name, from, to }) =>
        `  image    ${name}: ${from === undefined ? "" : `${shortDigest(from)} → `}${shortDigest(to)}`,
    ),
    total === 0
      ? "  data     untouched"
      : `  data     ${changed} changed of ${total} documents in ${collections.length} collections`,
    ...touched.map(
      (c) =>
        `           ${c.collection}: ${c.changed} changed, ${c.added} added, ${c.removed} removed of ${c.documentsAfter}`,
    ),
    ...(record.closedFor === undefined
      ? []
      : [`  closed   writers were refused for ${seconds(record.closedFor)}`]),
    ...(record.overranMinutes === undefined
      ? []
      : [
          `  window   went on ${record.overranMinutes} min after it had closed, the data being switched by then`,
        ]),
    `  stages   ${Object.entries(durations)
      .map(([stage, took]) => `${stage} ${seconds(took)}`)
      .join(", ")}`,
    `  hash     ${record.hash}`,
  ];
  return lines.join("\n");
}

function shortDigest(reference: string): string {
  const digest = reference.slice(reference.indexOf("sha256:"));
  return `${digest.slice(0, "sha256:".length + 12)}…`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
