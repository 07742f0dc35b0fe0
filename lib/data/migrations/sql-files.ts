import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Problem, Refusal } from "../../problem";
import type { DatabaseSql } from "./migration";

const checksFolder = "checks";

/**
 * A step's SQL: `*.sql` and `checks/*.sql` in its folder where the release owns one database, or in a folder named after
 * each of its databases. What else lies there belongs to a step's program.
 * @throws Refusal for both at once, and for a file without a statement.
 */
export function sqlFilesOf(folder: string): readonly DatabaseSql[] {
  const own = sqlIn(folder);
  const named = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== checksFolder && !entry.name.startsWith("."))
    .map(({ name }) => ({ database: name, ...sqlIn(join(folder, name)) }))
    .filter(hasFiles)
    .sort((one, other) => (one.database < other.database ? -1 : 1));
  const found: readonly DatabaseSql[] = hasFiles(own) ? [own, ...named] : named;
  const problems = found.flatMap(({ statements, checks }) => [...statements, ...checks].flatMap(blank));
  if (hasFiles(own) && named.length > 0) problems.push(mixed(folder, named));
  if (problems.length > 0) throw new Refusal("migration", problems);
  return found;
}

function sqlIn(folder: string): Pick<DatabaseSql, "statements" | "checks"> {
  const sql = (place: string): readonly string[] =>
    existsSync(place)
      ? readdirSync(place, { withFileTypes: true })
          .filter((entry) => entry.isFile() && entry.name.endsWith(".sql"))
          .map(({ name }) => join(place, name))
          .sort()
      : [];
  return { statements: sql(folder), checks: sql(join(folder, checksFolder)) };
}

function hasFiles({ statements, checks }: Pick<DatabaseSql, "statements" | "checks">): boolean {
  return statements.length + checks.length > 0;
}

/** Nothing but blanks and comments: an empty query would pass every check. */
function blank(file: string): readonly Problem[] {
  const text = readFileSync(file, "utf8")
    .replace(/--.*$/gm, "")
    .replace(/\/\*[\s\S]*?\*\//g, "");
  if (/[^\s;]/.test(text)) return [];
  const allowed =
    "at least one statement; a step that changes nothing has a migration.yaml with `kind: empty`";
  return [{ where: file, found: "no statement", allowed, mend: `edit ${file} or remove it` }];
}

function mixed(folder: string, named: readonly { readonly database: string }[]): Problem {
  const names = named.map(({ database }) => `${database}/`).join(", ");
  return {
    where: folder,
    found: `SQL files of its own, and some in ${names}`,
    allowed: "files of its own where the release owns one database, else a folder for each database",
    mend: `move the files into the folder of the database that they are for`,
  };
}
