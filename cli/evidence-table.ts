import type { Finding } from "../lib/evidence/finding";
import { links, shown } from "../lib/evidence/service-evidence";
import type { Facts } from "../lib/release/gates/facts";
import type { Report } from "../lib/release/gates/judge";

const headings = ["service", "tag", "branch", "ci", "digest", "schema", "runs now"] as const;

/** One line of evidence per service, from the tag to what runs; then the sources and images that no service is made of. */
export function evidenceTable({ services }: Report, { sources, pins, release }: Facts): readonly string[] {
  const told = new Set(services.map(({ source }) => source));
  const served = new Set(release.services.map(({ image }) => image));
  const rows = [
    ...services.map((line) => [line.service, ...links.map((link) => cell(line.links[link]))]),
    ...sources
      .filter(({ name }) => !told.has(name))
      .map(({ name, tag, branch, ci }) => {
        const commit = tag.finding === "found" ? { ...tag, value: tag.value.commit } : tag;
        return [name, cell(commit), cell(branch), cell(ci)];
      }),
    ...pins
      .filter(({ pin }) => !served.has(pin.name))
      .map(({ pin, digest }) => [`${pin.name} (image)`, "", "", "", cell(digest)]),
  ];
  return aligned([headings, ...rows]);
}

function cell(finding: Finding<string>): string {
  if (finding.finding === "found") return `${shown(finding.value)} ✓`;
  return finding.finding === "contradicted" ? "✗" : "?";
}

/** Columns as wide as their widest cell, two spaces apart. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}
