import assert from "node:assert/strict";
import { basename } from "node:path";
import { loadMigrations } from "../../../lib/data/migrations";
import type { MigrationStep } from "../../../lib/data/migrations/migration";
import { withFolder, writeStep } from "./support";
import { refusalOf } from "../../refusal";

/** The step that these files make, its paths as names. */
async function stepOf(files: Readonly<Record<string, string>>): Promise<MigrationStep> {
  return withFolder(async (folder) => {
    await writeStep(folder, "1.0-to-2.0", files);
    const [migration] = loadMigrations(folder).steps;
    assert.ok(migration);
    const { step } = migration;
    if (!("databases" in step)) return step;
    const names = (paths: readonly string[]): readonly string[] => paths.map((path) => basename(path));
    const databases = step.databases.map((one) => ({
      ...one,
      statements: names(one.statements),
      checks: names(one.checks),
    }));
    return { ...step, databases };
  });
}

/** Why a list with this step is refused. */
async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
  return (await refusalOf(stepOf(files))).message;
}

const statement = "ALTER TABLE compound ADD COLUMN mass numeric;\n";
const check = "SELECT id FROM compound WHERE mass < 0;\n";

describe("A PostgreSQL step of a migration list", () => {
  it("N6: is its SQL files alone, in the order of their names, with queries that must find nothing", async () => {
    const files = { "02-index.sql": statement, "01-mass.sql": statement, "checks/mass.sql": check };
    assert.deepEqual(await stepOf(files), {
      kind: "sql",
      databases: [{ statements: ["01-mass.sql", "02-index.sql"], checks: ["mass.sql"] }],
    });
  });

  it("has a folder for each database where a release owns several; a role may be named", async () => {
    const step = await stepOf({
      "migration.yaml": "kind: sql\nrole: atmo_app\n",
      "troposphere/01.sql": statement,
      "atmo_prod/01.sql": statement,
      "atmo_prod/checks/sizes.sql": check,
      "notes/README.md": "What this is for.",
    });
    assert.deepEqual(step, {
      kind: "sql",
      role: "atmo_app",
      databases: [
        { database: "atmo_prod", statements: ["01.sql"], checks: ["sizes.sql"] },
        { database: "troposphere", statements: ["01.sql"], checks: [] },
      ],
    });
  });

  it("F16: may be a program of the system, such as Django's migrate, with the same checks", async () => {
    const step = await stepOf({
      "migration.yaml": "kind: command\nrun: [python3, manage.py, migrate, --noinput]\n",
      "manage.py": "print()",
      "viewer/models.py": "",
      "checks/mass.sql": check,
    });
    assert.deepEqual(step, {
      kind: "command",
      run: ["python3", "manage.py", "migrate", "--noinput"],
      databases: [{ statements: [], checks: ["mass.sql"] }],
    });
  });

  it("X4: is refused where it contradicts itself, or would do nothing", async () => {
    const empty = "kind: empty\nreason: only code changed\n";
    for (const [files, said] of [
      [
        { "01.sql": statement, "atmo_prod/01.sql": statement },
        /SQL files of its own, and some in atmo_prod\//,
      ],
      [{ "01.sql": "-- later\n/* ALTER TABLE */ ;\n" }, /01\.sql: found no statement/],
      [{ "01.sql": statement, "checks/a.sql": " " }, /a\.sql: found no statement/],
      [{ "checks/a.sql": check }, /nor SQL files with statements/],
      [{ "migration.yaml": "kind: sql\n" }, /`kind: sql` without a file of statements/],
      [{ "migration.yaml": empty, "01.sql": statement }, /`kind: empty` beside SQL files/],
      [{ "migration.yaml": "kind: command\nrun: [a]\n", "01.sql": statement }, /`kind: command` beside SQL/],
      [{ "migration.yaml": "kind: command\nrun: []\n" }, /migration\.yaml: run/],
      [{ "migration.ts": "export default {};", "01.sql": statement }, /both migration\.ts and SQL files/],
    ] as const) {
      assert.match(await refusal(files), said);
    }
  });

  it("22: has another hash as soon as a byte of a statement or of a check is another", async () => {
    const hashOf = (files: Readonly<Record<string, string>>): Promise<string | undefined> =>
      withFolder(async (folder) => {
        await writeStep(folder, "1.0-to-2.0", files);
        return loadMigrations(folder).steps[0]?.hash;
      });
    const files = { "01.sql": statement, "checks/a.sql": check };
    const hash = await hashOf(files);
    assert.equal(await hashOf(files), hash);
    assert.notEqual(await hashOf({ ...files, "01.sql": `${statement} ` }), hash);
    assert.notEqual(await hashOf({ ...files, "checks/a.sql": `${check} ` }), hash);
  });
});
