import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { Refusal } from "../../problem";
import type { DatabaseSql, MigrationStep } from "./migration";
import { sqlFilesOf } from "./sql-files";

const collectionName = z.string().regex(/^[^$\0]{1,120}$/, "a collection's name");
const identifier = z.string().regex(/^[^\0]{1,63}$/, "a name of at most 63 characters");

const stepFile = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("empty"), reason: z.string().min(1) }),
  z.strictObject({
    kind: z.literal("python"),
    module: z.string().regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/, "a dotted module name"),
    mayBeMissing: z.array(collectionName).default([]),
  }),
  z.strictObject({ kind: z.literal("sql"), role: identifier.optional() }),
  z.strictObject({
    kind: z.literal("command"),
    run: z.tuple([z.string().min(1)], z.string()),
    database: identifier.optional(),
  }),
]);
type StepFile = z.infer<typeof stepFile>;

const described = [
  "`kind: empty` with a reason",
  "`kind: python` with a module",
  "`kind: sql`",
  "`kind: command` with run",
] as const;

/**
 * What a step's folder holds: `migration.ts`, or `migration.yaml`, or SQL files alone.
 * @throws Refusal for none, for what contradicts itself, and for a description that is not understood.
 */
export function readStep(folder: string): MigrationStep {
  const code = join(folder, "migration.ts");
  const description = join(folder, "migration.yaml");
  const sql = sqlFilesOf(folder);
  if (existsSync(description)) {
    if (existsSync(code)) throw refused(folder, "both migration.ts and migration.yaml");
    return asDescribed(readDescription(description), sql, folder);
  }
  if (existsSync(code)) {
    if (sql.length > 0) throw refused(folder, "both migration.ts and SQL files");
    return { kind: "typescript", file: code };
  }
  if (hasStatements(sql)) return { kind: "sql", databases: sql };
  throw refused(folder, "neither migration.ts nor migration.yaml nor SQL files with statements");
}

function readDescription(file: string): StepFile {
  const read = stepFile.safeParse(parse(readFileSync(file, "utf8")));
  if (read.success) return read.data;
  throw new Refusal(
    "migration",
    read.error.issues.map((issue) => ({
      where: `${file}: ${issue.path.join(".") || "the whole file"}`,
      found: issue.message,
      allowed: `${described.slice(0, -1).join(", ")}, or ${described.at(-1) ?? ""}`,
      mend: `edit ${file}`,
    })),
  );
}

function asDescribed(step: StepFile, sql: readonly DatabaseSql[], folder: string): MigrationStep {
  switch (step.kind) {
    case "empty":
    case "python":
      if (sql.length > 0) throw refused(folder, `\`kind: ${step.kind}\` beside SQL files`);
      return step;
    case "sql":
      if (!hasStatements(sql)) throw refused(folder, "`kind: sql` without a file of statements");
      return { ...step, databases: sql };
    case "command":
      if (hasStatements(sql)) throw refused(folder, "`kind: command` beside SQL files with statements");
      return { ...step, databases: sql };
  }
}

function hasStatements(sql: readonly DatabaseSql[]): boolean {
  return sql.some(({ statements }) => statements.length > 0);
}

function refused(folder: string, found: string): Refusal {
  const allowed =
    "exactly one way to change the data; a version that changes none has a migration.yaml with `kind: empty`";
  return new Refusal("migration", [{ where: folder, found, allowed, mend: `edit ${folder}` }]);
}
