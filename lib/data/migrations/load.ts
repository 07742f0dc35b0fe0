import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { contentHash } from "../../content-hash";
import { type Problem, Refusal } from "../../problem";
import type { Migration } from "./migration";
import { MigrationList } from "./migration-list";
import { packagePin } from "./python/pins";
import { readStep } from "./read-step";
import { compareVersions, versionPattern } from "./versions";

const stepName = /^(?<from>[0-9.]+)-to-(?<to>[0-9.]+)$/;

/**
 * Reads a migration list: `<folder>/<package>/<from>-to-<to>/` with `migration.ts`, `migration.yaml` or SQL files in each.
 * @throws Refusal with everything that is wrong in the whole list.
 */
export function loadMigrations(folder: string): MigrationList {
  const list = resolve(folder);
  const problems: Problem[] = [];
  if (!existsSync(list)) {
    throw new Refusal("migration list", [
      {
        where: folder,
        found: "nothing",
        allowed: "a folder with one folder per package",
        mend: "set slipway:data.migrations",
      },
    ]);
  }
  const migrations = folders(list).flatMap((packageName) =>
    folders(join(list, packageName)).flatMap((step) => loadStep(list, packageName, step, problems)),
  );
  problems.push(...forks(migrations));
  if (problems.length > 0) throw new Refusal("migration list", problems);
  return new MigrationList(migrations.sort((a, b) => compareVersions(a.from, b.from)));
}

function loadStep(
  list: string,
  packageName: string,
  name: string,
  problems: Problem[],
): readonly Migration[] {
  const id = `${packageName}/${name}`;
  const folder = join(list, packageName, name);
  const { from, to } = stepName.exec(name)?.groups ?? {};
  const refuse = (found: string, allowed: string, mend: string): readonly Migration[] => {
    problems.push({ where: id, found, allowed, mend });
    return [];
  };
  if (!from || !to || !versionPattern.test(from) || !versionPattern.test(to)) {
    return refuse("a folder of that name", "<from>-to-<to>, such as 11.23.0-to-11.24.0", `rename ${folder}`);
  }
  if (compareVersions(from, to) >= 0) {
    return refuse(
      `a step from ${from} to ${to}`,
      "steps to a newer version; the way back is the retained original",
      `remove ${folder}`,
    );
  }
  try {
    const step = readStep(folder);
    const pin = step.kind === "python" ? packagePin({ package: packageName, version: to }).text : undefined;
    const files = Object.fromEntries(
      filesOf(folder).map((file) => [file, contentHash(readFileSync(join(folder, file)))]),
    );
    return [{ id, package: packageName, from, to, folder, step, hash: contentHash({ id, files, pin }) }];
  } catch (error) {
    if (error instanceof Refusal) problems.push(...error.problems);
    else
      refuse(
        String(error instanceof Error ? error.message : error),
        "a readable step",
        `look into ${folder}`,
      );
    return [];
  }
}

/** Two steps that begin at one version: nobody could tell which of them applies. */
function forks(migrations: readonly Migration[]): readonly Problem[] {
  return migrations.flatMap((migration, at) => {
    const twin = migrations
      .slice(0, at)
      .find(
        (other) => other.package === migration.package && compareVersions(other.from, migration.from) === 0,
      );
    if (!twin) return [];
    return [
      {
        where: migration.id,
        found: `a second step from ${migration.from}, besides ${twin.id}`,
        allowed: "one step from each version",
        mend: `remove ${migration.folder} or ${twin.folder}`,
      },
    ];
  });
}

function folders(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

/** Paths below the step's folder with `/`, so that the hash is the same on every machine and in every checkout. */
function filesOf(folder: string, below = ""): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = below ? `${below}/${entry.name}` : entry.name;
      return entry.isDirectory() ? filesOf(folder, path) : [path];
    });
}
