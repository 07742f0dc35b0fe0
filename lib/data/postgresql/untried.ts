import { Refusal } from "../../problem";
import type { DataPlan, EstimatedCollection } from "../preview/data-plan";
import { createAlike, traitsOf } from "./database";
import { estimatedTables } from "./estimates";
import { migrateAlone } from "./next-version";
import type { OneDatabase } from "./one-database";
import { plain } from "./tables";

/** What can be said of databases that are too large to be copied for a preview: what there is, and what the steps touch of it. */
export async function untried(
  ones: readonly OneDatabase[],
  why: string,
  mayCopy: boolean,
): Promise<Partial<DataPlan>> {
  const estimates: EstimatedCollection[] = [];
  const remarks: string[] = [];
  for (const one of ones) {
    const { server, database } = one;
    const { touched, remark } = mayCopy ? await triedEmpty(one) : {};
    if (remark !== undefined) remarks.push(remark);
    for (const { table, rows } of await server.with(database, estimatedTables))
      estimates.push({
        collection: `${database}.${plain(table)}`,
        documents: rows,
        bytes: table.bytes,
        ...(touched ? { touched: touched.has(plain(table)) } : {}),
      });
  }
  const of = estimates.reduce((sum, { documents }) => sum + documents, 0);
  return { tried: { documents: 0, of, over: "nothing", why: [why, ...remarks].join("; "), estimates } };
}

/** What the steps touch of a copy that has the database's tables and none of their rows. Programs are not run: they look into rows. */
async function triedEmpty(
  one: OneDatabase,
): Promise<{ readonly touched?: ReadonlySet<string> | undefined; readonly remark?: string }> {
  const { server, programs, database, names, at, storage } = one;
  const programSteps = one.chain.filter(({ step }) => step.kind === "command").map(({ id }) => id);
  if (programSteps.length > 0)
    return { remark: `what ${programSteps.join(", ")} touches is known to its program only` };
  const traits = await server.with(database, (client) => traitsOf(client, database));
  if (!traits) return {};
  const schema = `${await storage.localFolder(database)}/schema.dump`;
  await programs.run(
    "pg_dump",
    ["--schema-only", "-Fc", `--file=${schema}`, "--no-password", database],
    database,
  );
  await server.with(at, (client) => client.query(createAlike(names.next, traits)));
  await programs.run(
    "pg_restore",
    ["--exit-on-error", "--no-password", `--dbname=${names.next}`, schema],
    names.next,
  );
  try {
    const { migrated } = await migrateAlone(one, new Map(), () => false);
    return { touched: migrated.touched };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const said = error.problems.map(({ where, found }) => `${where}: ${found}`).join("; ");
    return {
      remark: `on a copy without rows it fails, as it will on the data unless it needs rows: ${said}`,
    };
  }
}
