import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../package-root";
import { Refusal } from "../../../problem";
import type { SchemaVersion } from "../migration";

/** A package pinned by exact version and by the hashes of its published files (rule N7). */
export interface Pin {
  readonly file: string;
  readonly text: string;
}

/** Where the pins lie in the project. */
export function requirementsFolder(): string {
  return join(packageRoot(), "tools", "python", "requirements");
}

/** Everything that the schema packages need at run time, pinned: one set for all of their versions. */
export function dependenciesPin(): Pin {
  const file = join(requirementsFolder(), "dependencies.txt");
  return { file, text: readFileSync(file, "utf8") };
}

/**
 * The pin of one version of a schema package.
 * @throws Refusal when the project pins no such version, with those that it does.
 */
export function packagePin(schema: SchemaVersion): Pin {
  const folder = requirementsFolder();
  const file = join(folder, `${schema.package}-${schema.version}.txt`);
  if (existsSync(file)) return { file, text: readFileSync(file, "utf8") };
  const prefix = `${schema.package}-`;
  const known = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length, -".txt".length));
  throw new Refusal("schema package", [
    {
      where: `${schema.package} ${schema.version}`,
      found: "no pin by version and hash",
      allowed:
        known.length > 0
          ? `the pinned versions ${known.join(", ")}`
          : "a package with pins in tools/python/requirements",
      mend: `run "python3 tools/python/pin.py ${schema.package} ${schema.version}" and commit the file`,
    },
  ]);
}
