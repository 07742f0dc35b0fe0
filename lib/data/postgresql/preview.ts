import type { Context } from "../conductor/context";
import type { Migration } from "../migrations";
import type { DataPlan } from "../preview/data-plan";
import type { PostgresDataStore } from "./postgres-data-store";

/** What a preview can tell without writing anything: which databases will be migrated, by what, and how large they are (rule X2). */
export async function previewPass(
  { reporter }: Context,
  store: PostgresDataStore,
  concerned: readonly string[],
  chain: readonly Migration[],
): Promise<Partial<DataPlan>> {
  const collections = [];
  for (const database of concerned) {
    const documentsBefore = await store.estimate(database);
    collections.push({
      ...{ collection: database, documentsBefore, added: 0, changed: 0, removed: 0 },
      ...{ tried: 0, invalid: 0, fields: [] },
    });
  }
  const of = collections.reduce((sum, { documentsBefore }) => sum + documentsBefore, 0);
  if (concerned.length > 0)
    reporter.warn(
      `${chain.length} steps on ${concerned.join(", ")}: tried by the release's rehearsal, on a copy`,
    );
  return { tried: { documents: 0, of, over: "everything" }, collections };
}
