import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { escapeIdentifier } from "pg";
import type { PostgresStoreSpec, ReleaseSpec } from "../../../lib/data/protocol";
import { connected, rowsOf, type TestPostgres } from "../../postgres";
import { scratch } from "../../scratch";
import { firstOnto } from "../engine-run";

/** A release onto PostgreSQL. */
export type PostgresRelease = ReleaseSpec & { readonly store: PostgresStoreSpec };

/** A server that has the users of ours, whichever leads to it. */
export type AnyServer = Pick<TestPostgres, "uri">;

/** A little of everything that moves data about: a sequence, a reference, a table without a key. */
const tables = `
  CREATE TABLE project (id bigserial PRIMARY KEY, name text NOT NULL, state text NOT NULL DEFAULT 'new');
  CREATE TABLE instance (id int PRIMARY KEY, project bigint NOT NULL REFERENCES project, note text);
  CREATE TABLE log (at timestamptz DEFAULT now(), line text);
  INSERT INTO project (name) SELECT 'project ' || n FROM generate_series(1, 50) n;
  INSERT INTO instance SELECT n, 1 + n % 50, 'note ' || n FROM generate_series(1, 200) n;
  INSERT INTO log SELECT timestamptz '2026-01-01 00:00+00' + n * interval '1 hour', 'line ' || n FROM generate_series(1, 20) n;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO runtime;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO runtime;`;

/** Makes a database that `owner` owns, by his own statements. */
export async function makeDatabase(
  server: AnyServer,
  database: string,
  statements: string = tables,
): Promise<void> {
  await rowsOf(server.uri("postgres"), `CREATE DATABASE ${escapeIdentifier(database)} OWNER owner`);
  await rowsOf(server.uri("owner", database), statements);
}

/** Makes several alike. */
export async function makeDatabases(server: AnyServer, ...databases: readonly string[]): Promise<void> {
  for (const database of databases) await makeDatabase(server, database);
}

/** Names of the databases that begin so, sorted. */
export async function databasesLike(server: AnyServer, prefix: string): Promise<readonly string[]> {
  const statement = "SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1";
  const found = await rowsOf<{ name: string }>(server.uri("postgres"), statement, [prefix]);
  return found.map(({ name }) => name);
}

/** Drops databases, whoever is connected. */
export async function dropDatabases(server: AnyServer, databases: readonly string[]): Promise<void> {
  await connected(server.uri("postgres"), async (client) => {
    for (const name of databases) await client.query(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`);
  });
}

/** A migration list of these files, by their path below the package's folder. */
export function migrationList(files: Readonly<Record<string, string>>): string {
  const folder = scratch("migrations");
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, "plain", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

/** The first release onto databases. */
export function firstRelease(
  server: AnyServer,
  databases: readonly string[],
  migrations: string,
  store: Partial<PostgresStoreSpec> = {},
): PostgresRelease {
  const first = firstOnto<PostgresStoreSpec>({
    kind: "postgresql",
    uri: { kind: "value", value: server.uri("slipway") },
    canary: { kind: "value", value: server.uri("runtime") },
    databases,
    journal: `slipway_${databases[0] ?? ""}`,
    closeWrites: "strongest",
    jobs: 2,
    ...store,
  });
  return { ...first, migrations };
}

/** Content hash of every table of a database: what must be whole, whatever happened. */
export async function contentOf(
  server: AnyServer,
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
export function mayWrite(server: AnyServer, database: string): Promise<boolean> {
  return rowsOf(server.uri("runtime", database), "UPDATE project SET name = name WHERE false").then(
    () => true,
    () => false,
  );
}
