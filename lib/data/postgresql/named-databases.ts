import type { Migration, MigrationStep } from "../migrations/migration";
import { type Problem, Refusal } from "../../problem";
import type { PostgresStoreSpec } from "../protocol";

/**
 * Steps with this environment's names of the databases, where those differ from the folders of the migrations (`names`).
 * @throws Refusal for a step about a database that the release does not own: it would be passed over in silence.
 */
export function inThisEnvironment(
  chain: readonly Migration[],
  { databases, names = {} }: Pick<PostgresStoreSpec, "databases" | "names">,
): readonly Migration[] {
  const named = (folder: string | undefined): string | undefined =>
    folder === undefined ? undefined : (names[folder] ?? folder);
  const problems = chain.flatMap((migration) =>
    meantBy(migration.step)
      .filter((folder) => {
        const database = named(folder);
        return database === undefined ? databases.length > 1 : !databases.includes(database);
      })
      .map((folder) => notOwned(migration, folder, databases)),
  );
  if (problems.length > 0) throw new Refusal("migration list", problems);
  return chain.map((migration) => ({ ...migration, step: renamed(migration.step, named) }));
}

/** Names of the databases that a step is about, as its folder has them; undefined stands for the only one. */
function meantBy(step: MigrationStep): readonly (string | undefined)[] {
  if (step.kind !== "sql" && step.kind !== "command") return [];
  const own = step.databases.map(({ database }) => database);
  return [...new Set(step.kind === "command" ? [...own, step.database] : own)];
}

function renamed(
  step: MigrationStep,
  named: (folder: string | undefined) => string | undefined,
): MigrationStep {
  if (step.kind !== "sql" && step.kind !== "command") return step;
  const databases = step.databases.map(({ database, ...sql }) => ({ ...sql, ...called(named(database)) }));
  if (step.kind === "sql") return { ...step, databases };
  const { database, ...command } = step;
  return { ...command, databases, ...called(named(database)) };
}

function called(database: string | undefined): { readonly database?: string } {
  return database === undefined ? {} : { database };
}

function notOwned(
  { id, folder }: Migration,
  database: string | undefined,
  owned: readonly string[],
): Problem {
  return {
    where: id,
    found: database === undefined ? "a step that names no database" : `a step for ${database}`,
    allowed: `the release's databases: ${owned.join(", ")}`,
    mend:
      database === undefined
        ? `put what is in ${folder} into a folder for each database`
        : `rename ${database} in ${folder}, or say in slipway:data.store.names what it is called here`,
  };
}
