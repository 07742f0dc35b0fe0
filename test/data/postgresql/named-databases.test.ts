import assert from "node:assert/strict";
import { inThisEnvironment } from "../../../lib/data/postgresql/named-databases";
import type { Migration, MigrationStep } from "../../../lib/data/migrations/migration";
import { Refusal } from "../../../lib/problem";

const sql = (...databases: readonly string[]): MigrationStep => ({
  kind: "sql",
  databases: databases.map((database) => ({ database, statements: [`/${database}/01.sql`], checks: [] })),
});

function migration(step: MigrationStep): Migration {
  const range = { from: "37.2", to: "37.3", hash: "sha256:1" };
  return {
    id: "atmosphere/37.2-to-37.3",
    package: "atmosphere",
    ...range,
    folder: "/list/37.2-to-37.3",
    step,
  };
}

function refused(step: MigrationStep, databases: readonly string[]): readonly string[] {
  try {
    inThisEnvironment([migration(step)], { databases });
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return error.problems.map(({ found }) => found);
  }
  assert.fail("nothing was refused");
}

describe("Steps for databases that an environment calls otherwise", () => {
  const beta = { databases: ["atmo_beta", "troposphere"], names: { atmo_prod: "atmo_beta" } };

  it("get the environment's names; those that are the same stay", () => {
    const [done] = inThisEnvironment([migration(sql("atmo_prod", "troposphere"))], beta);
    assert.deepEqual(done?.step.kind === "sql" && done.step.databases, [
      { database: "atmo_beta", statements: ["/atmo_prod/01.sql"], checks: [] },
      { database: "troposphere", statements: ["/troposphere/01.sql"], checks: [] },
    ]);
    const command = { kind: "command", databases: [], database: "atmo_prod", run: ["true"] } as const;
    const [program] = inThisEnvironment([migration(command)], beta);
    assert.equal(program?.step.kind === "command" && program.step.database, "atmo_beta");
  });

  it("are refused where the release owns no such database: nothing is passed over in silence", () => {
    assert.deepEqual(refused(sql("atmo_prd"), ["atmo_prod"]), ["a step for atmo_prd"]);
    const ownFiles: MigrationStep = { kind: "sql", databases: [{ statements: ["/01.sql"], checks: [] }] };
    assert.deepEqual(refused(ownFiles, ["atmo_prod", "troposphere"]), ["a step that names no database"]);
    assert.equal(inThisEnvironment([migration(ownFiles)], { databases: ["atmo_prod"] }).length, 1);
  });
});
