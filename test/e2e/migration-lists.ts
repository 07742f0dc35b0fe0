import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { scratch } from "../scratch";

/** Migration lists whose step 11.23.0 to 11.24.0 is not the published one. */
const steps = {
  raises: [
    "migration.ts",
    `import { defineMigration } from "slipway/lib/data/migrations/typescript/define";
export default defineMigration({
  collections: {
    study_set: () => {
      throw new Error("the spare part is missing");
    },
  },
});
`,
  ],
  "does-nothing": ["migration.yaml", "kind: empty\nreason: A test's, and untrue.\n"],
} as const;

/** A copy of the project's migration list with one step replaced; returns its folder. */
export function copiedMigrations(kind: keyof typeof steps): string {
  const folder = scratch("migrations");
  cpSync(join(packageRoot(), "migrations"), folder, { recursive: true });
  const step = join(folder, "nmdc-schema", "11.23.0-to-11.24.0");
  rmSync(join(step, "migration.yaml"));
  const [file, text] = steps[kind];
  writeFileSync(join(step, file), text);
  return folder;
}
