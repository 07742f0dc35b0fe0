/** Rows as aligned columns, for any width of terminal or none; the last column is as long as it is. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) =>
      Array.from({ length: Math.max(widest.length, row.length) }, (_, index) =>
        Math.max(widest[index] ?? 0, lengthOf(row[index] ?? "")),
      ),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, index) => `${cell}${" ".repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(cell)))}`)
      .join("  ")
      .trimEnd(),
  );
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
