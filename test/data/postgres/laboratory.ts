import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { escapeIdentifier } from "pg";
import type { PostgresStoreSpec, ReleaseSpec } from "../../../lib/data/protocol";
import { connected, rowsOf, type TestPostgres } from "../../postgres";
import { scratch } from "../../scratch";

/** What the tests' databases hold at their first version. */
export const tables = `
  CREATE TABLE studies (id text PRIMARY KEY, name text NOT NULL);
  CREATE TABLE sites (id text PRIMARY KEY);
  CREATE TABLE samples (id text PRIMARY KEY, study text NOT NULL REFERENCES studies);
  INSERT INTO studies SELECT 'study-' || n, 'Study ' || n FROM generate_series(1, 3) AS n;
  INSERT INTO sites SELECT 'site-' || n FROM generate_series(1, 2) AS n;
  INSERT INTO samples SELECT 'sample-' || n, 'study-1' FROM generate_series(1, 4) AS n;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO runtime;
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
`;

/** Steps of the tests' own migration list, by their files. */
export const plainSteps = {
  "1.0.0-to-2.0.0/01-columns.sql":
    "ALTER TABLE studies ADD COLUMN version int;\nALTER TABLE sites ADD COLUMN version int;\n",
  "1.0.0-to-2.0.0/02-values.sql": "UPDATE studies SET version = 2;\nUPDATE sites SET version = 2;\n",
  "1.0.0-to-2.0.0/checks/version.sql": "SELECT id FROM studies WHERE version IS DISTINCT FROM 2;\n",
  "2.0.0-to-3.0.0/01-values.sql": "UPDATE studies SET version = 3;\nUPDATE sites SET version = 3;\n",
} as const;

/** A migration list in a folder of its own. */
export function migrationList(steps: Readonly<Record<string, string>> = plainSteps): string {
  const folder = scratch("migrations");
  for (const [name, text] of Object.entries(steps)) {
    const file = join(folder, "plain", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

/** Makes a database that `owner` owns, by his own statements. */
export async function makeDatabase(server: TestPostgres, name: string, statements = tables): Promise<void> {
  await rowsOf(server.uri("postgres"), `CREATE DATABASE ${escapeIdentifier(name)} OWNER owner`);
  await rowsOf(server.uri("owner", name), statements);
}

/** Drops the databases whose names begin so, whoever is connected. */
export async function dropDatabases(server: TestPostgres, prefix: string): Promise<void> {
  const found = await databasesLike(server, prefix);
  await connected(server.uri("postgres"), async (client) => {
    for (const name of found) await client.query(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`);
  });
}

/** Names of databases that begin so, sorted. */
export async function databasesLike(server: TestPostgres, prefix: string): Promise<readonly string[]> {
  const statement = "SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1";
  const rows = await rowsOf<{ datname: string }>(server.uri("postgres"), statement, [prefix]);
  return rows.map(({ datname }) => datname);
}

/** A release of a test, onto a database of its own that is named like its journal. */
export function postgresSpec(
  server: TestPostgres,
  databases: readonly [string, ...string[]],
  changes: Partial<ReleaseSpec> = {},
  store: Partial<PostgresStoreSpec> = {},
): ReleaseSpec {
  return {
    system: "plain",
    environment: "test",
    release: "v1.0.0",
    hash: "sha256:1",
    operator: "ana",
    images: [],
    store: {
      kind: "postgresql",
      uri: { kind: "value", value: server.uri("slipway") },
      canary: { kind: "value", value: server.uri("runtime") },
      databases,
      journal: `${databases[0]}-journal`,
      closeWrites: "strongest",
      jobs: 2,
      ...store,
    },
    schema: { package: "plain", version: "1.0.0" },
    migrations: migrationList(),
    reopen: "after-rollout",
    confirmWithin: 60,
    dump: { keep: scratch("dump") },
    keep: { releases: 1 },
    ...changes,
  };
}

/** Rows of every table of a database, as one hash a table: what must be whole, whatever happened. */
export async function contentOf(
  server: TestPostgres,
  database: string,
): Promise<Readonly<Record<string, string>>> {
  return connected(server.uri("postgres", database), async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' ORDER BY 1`,
    );
    const found: Record<string, string> = {};
    for (const { name } of rows) {
      const hashed = `SELECT count(*) || ':' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') AS hash FROM ${name} AS t`;
      found[name] = (await client.query<{ hash: string }>(hashed)).rows[0]?.hash ?? "";
    }
    return found;
  });
}

/** Whether an ordinary writer may write to a database. */
export function mayWrite(server: TestPostgres, database: string): Promise<boolean> {
  return rowsOf(server.uri("runtime", database), "UPDATE studies SET name = name WHERE false").then(
    () => true,
    () => false,
  );
}

/** The databases that a release owns. */
export function databasesOf({ store }: ReleaseSpec): readonly string[] {
  if (store.kind !== "postgresql") throw new Error(`a ${store.kind} store`);
  return store.databases;
}
