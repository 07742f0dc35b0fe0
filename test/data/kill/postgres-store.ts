import { processor } from "../../../lib/data/conductor/processor";
import type { PostgresStoreSpec, ReleaseSpec } from "../../../lib/data/protocol";
import { rowsOf, type TestPostgres } from "../../postgres";
import {
  contentOf,
  databasesLike,
  firstRelease,
  makeDatabases,
  mayWrite,
  migrationList,
} from "../postgresql/support";
import { type MatrixStore, onOneMachine } from "./matrix-store";

/** PostgreSQL under the kill matrix: each release owns two databases, which swap all or none. */
export function postgresMatrixStore(server: TestPostgres): MatrixStore {
  return {
    kind: "PostgreSQL",
    server:
      "PostgreSQL itself, whose files are not synced to the disk here: that only a power cut would tell",
    processor,
    leastInstants: 14,
    environment: { KILL_STORE: "postgresql" },
    ...onOneMachine,
    async fill(database) {
      const databases = [`${database}.a`, `${database}.b`] as const;
      await makeDatabases(server, ...databases);
      return firstRelease(server, databases, stepsFor(databases));
    },
    async again(make) {
      const spec = await make();
      const bringBack = await server.keep();
      return async () => {
        await bringBack();
        return spec;
      };
    },
    async contentOf(spec) {
      const found: Record<string, string> = {};
      for (const [at, database] of storeOf(spec).databases.entries()) {
        const content = await contentOf(server, database);
        for (const [table, hash] of Object.entries(content)) found[`${at}: ${table}`] = hash;
      }
      return found;
    },
    async leftBeside(spec) {
      const { databases } = storeOf(spec);
      const all = await Promise.all(databases.map((name) => databasesLike(server, name)));
      return all.flat().filter((name) => !databases.includes(name) && !name.includes("__old_"));
    },
    async mayWrite(spec) {
      const answers = await Promise.all(storeOf(spec).databases.map((name) => mayWrite(server, name)));
      return answers.every(Boolean);
    },
    async spoilt(spec) {
      const closed = await settingsOf(server, storeOf(spec).databases);
      return closed.length > 0 ? `left on databases: ${closed.join(", ")}` : undefined;
    },
    restartServer: () => server.restart(),
  };
}

/** Limits and settings that stand on databases: the tests put none there. */
async function settingsOf(server: TestPostgres, databases: readonly string[]): Promise<readonly string[]> {
  const rows = await rowsOf<{ found: string }>(
    server.uri("postgres"),
    `SELECT concat_ws(' ', datname, datallowconn, datconnlimit, setconfig::text) AS found
       FROM pg_database LEFT JOIN pg_db_role_setting ON setdatabase = pg_database.oid
      WHERE datname = ANY ($1) AND (NOT datallowconn OR datconnlimit <> -1 OR setconfig IS NOT NULL)`,
    [databases],
  );
  return rows.map(({ found }) => found);
}

/** A migration list whose steps change both databases. */
function stepsFor(databases: readonly string[]): string {
  const add = "ALTER TABLE project ADD COLUMN version int DEFAULT 2;\n";
  const set = "UPDATE project SET version = 3;\n";
  return migrationList(
    Object.fromEntries(
      databases.flatMap((name) => [
        [`1.0.0-to-2.0.0/${name}/01.sql`, add],
        [`2.0.0-to-3.0.0/${name}/01.sql`, set],
      ]),
    ),
  );
}

function storeOf({ store }: ReleaseSpec): PostgresStoreSpec {
  if (store.kind !== "postgresql") throw new Error(`a ${store.kind} store`);
  return store;
}
