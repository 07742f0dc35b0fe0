import type { Programs } from "./program";
import { lockPatience } from "./server";

/**
 * Everything that a database's own catalogue holds, as pg_dump writes it: owners, privileges, types, defaults, sequences, row security,
 * comments, extensions. Equal catalogues have equal text, whatever the order of creation was.
 */
export async function schemaText(programs: Programs, database: string): Promise<readonly string[]> {
  const text = await programs.run(
    "pg_dump",
    ["--schema-only", `--lock-wait-timeout=${lockPatience}s`, "--no-password", database],
    database,
  );
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("--") && !/^\\(un)?restrict /.test(line))
    .sort();
}

/** The first lines that only one of two has, for people. */
export function linesThatDiffer(one: readonly string[], other: readonly string[]): readonly string[] {
  const count = new Map<string, number>();
  for (const line of one) count.set(line, (count.get(line) ?? 0) + 1);
  for (const line of other) count.set(line, (count.get(line) ?? 0) - 1);
  return [...count]
    .filter(([, times]) => times !== 0)
    .map(([line, times]) => `${times > 0 ? "-" : "+"} ${line}`);
}
