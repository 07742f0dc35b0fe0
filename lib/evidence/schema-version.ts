import { z } from "zod";
import type { ImageReference } from "../release/references/image-reference";
import { quoted } from "../release/references/quoted";
import { andThen, contradicted, type Finding, found } from "./finding";
import type { ImageFacts } from "./registry";
import type { Repository } from "./repository";

/** Where a commit pins its schema package. */
export interface SchemaPin {
  /** Example: `nmdc-schema`. */
  readonly package: string;
  /** Example: `requirements/main.txt`, `pyproject.toml`, `package.json`. */
  readonly file: string;
}

const packageJson = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

/**
 * Every exact version that a file pins a package to: `name==1.2.3` of Python's requirement files and `pyproject.toml`, the entry of
 * `uv.lock` and `poetry.lock`, or the exact version in a `package.json`. Ranges are no pins.
 */
export function pinnedVersions(file: string, text: string, name: string): readonly string[] {
  if (/(?:^|\/)package\.json$/.test(file)) {
    const read = packageJson.safeParse(parseJson(text));
    const version = read.success
      ? { ...read.data.devDependencies, ...read.data.dependencies }[name]
      : undefined;
    return version !== undefined && /^\d[\w.+-]*$/.test(version) ? [version] : [];
  }
  // Python holds `-`, `_` and `.` in a package's name for the same.
  const word = name.replaceAll(/[^A-Za-z0-9]+/g, "[-_.]");
  const pin = new RegExp(`(?:^|["'\\s])${word}(?:\\[[^\\]]*\\])?\\s*==\\s*(\\d[\\w.+!-]*)`, "gim");
  const lock = new RegExp(`^name\\s*=\\s*"${word}"\\s*\\nversion\\s*=\\s*"(\\d[^"]*)"`, "gim");
  const uncommented = text.replaceAll(/^\s*#.*$/gm, "");
  const versions = [pin, lock].flatMap((form) =>
    Array.from(uncommented.matchAll(form), ([, version = ""]) => version),
  );
  return [...new Set(versions)];
}

/** N7: the schema version that the released commit pins. */
export async function commitSchemaVersion(
  repository: Repository,
  commit: string,
  pin: SchemaPin,
): Promise<Finding<string>> {
  return andThen(await repository.fileAt(commit, pin.file), (text) => {
    const versions = pinnedVersions(pin.file, text, pin.package);
    const where = `${repository.name}: ${pin.file} at ${commit.slice(0, 8)}`;
    const says =
      versions.length === 0
        ? `no exact version of ${pin.package}`
        : `${pin.package} ${versions.join(" and ")}`;
    const evidence = { what: says, where, when: new Date().toISOString(), by: "git" };
    const [version] = versions;
    if (version !== undefined && versions.length === 1) return Promise.resolve(found(version, evidence));
    const problem = { where, found: says, allowed: `${pin.package} pinned to one exact version` };
    return Promise.resolve(
      contradicted({ ...problem, mend: `pin ${pin.package}==X.Y.Z in ${pin.file}, once` }, evidence),
    );
  });
}

/** N7: the schema version that an image says it is made for. */
export async function imageSchemaVersion(
  image: ImageReference,
  facts: Finding<ImageFacts>,
): Promise<Finding<string>> {
  return andThen(facts, ({ schemaVersion, labels }) => {
    const label = "org.slipway.schema-version";
    const evidence = {
      what: `${label} is ${quoted(schemaVersion ?? "")}`,
      where: image.toString(),
      when: new Date().toISOString(),
      by: image.repository.host,
    };
    if (schemaVersion !== undefined) return Promise.resolve(found(schemaVersion, evidence));
    const names = Object.keys(labels).slice(0, 10).join(", ");
    const problem = {
      where: image.toString(),
      found: `no label ${label} (it has ${names === "" ? "none" : names})`,
    };
    const mend = `build it with --label ${label}=<version>`;
    return Promise.resolve(contradicted({ ...problem, allowed: `the label ${label}`, mend }, evidence));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
