import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PostgresStoreSpec, ReleaseSpec } from "../../../lib/data/protocol";
import { connected, rowsOf, type TestPostgres } from "../../postgres";
import { scratch } from "../../scratch";

export type PostgresRelease = ReleaseSpec & { readonly store: PostgresStoreSpec };

/** Two databases of the owner's, with a little of everything that moves data about. */
export async function makeDatabases(server: TestPostgres, ...databases: readonly string[]): Promise<void> {
  await connected(server.uri("postgres"), async (client) => {
    await client.query("GRANT SET ON PARAMETER session_replication_role TO slipway");
    for (const database of databases) await client.query(`CREATE DATABASE "${database}" OWNER owner`);
  });
  for (const database of databases) {
    await connected(server.uri("owner", database), (client) =>
      client.query(`
        CREATE TABLE project (id bigserial PRIMARY KEY, name text NOT NULL, state text NOT NULL DEFAULT 'new');
        CREATE TABLE instance (id int PRIMARY KEY, project bigint NOT NULL REFERENCES project, note text);
        CREATE TABLE log (at timestamptz DEFAULT now(), line text);
        INSERT INTO project (name) SELECT 'project ' || n FROM generate_series(1, 50) n;
        INSERT INTO instance SELECT n, 1 + n % 50, 'note ' || n FROM generate_series(1, 200) n;
        INSERT INTO log (line) SELECT 'line ' || n FROM generate_series(1, 20) n;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO runtime;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO runtime;`),
    );
  }
}

/** A migration list of these files, by their path below the package's folder. */
export function migrationList(files: Readonly<Record<string, string>>): string {
  const folder = scratch("migrations");
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, "atmosphere", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

/** The first release onto databases. */
export function firstRelease(
  server: TestPostgres,
  databases: readonly string[],
  migrations: string,
  store: Partial<PostgresStoreSpec> = {},
): PostgresRelease {
  return {
    system: "atmosphere",
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
      journal: `slipway_${databases[0] ?? ""}`,
      closeWrites: "strongest",
      jobs: 2,
      ...store,
    },
    schema: { package: "atmosphere", version: "1.0.0" },
    migrations,
    reopen: "after-rollout",
    confirmWithin: 60,
    dump: { keep: scratch("dump") },
    keep: { releases: 1 },
  };
}

/** The next release of the same system. */
export function releaseOnto(
  spec: PostgresRelease,
  version: string,
  hash = `sha256:${version}`,
): PostgresRelease {
  return { ...spec, release: `v${version}`, hash, schema: { ...spec.schema, version } };
}

/** Everything in a database's tables, as text. */
export async function contentOf(server: TestPostgres, database: string): Promise<readonly string[]> {
  const uri = server.uri("postgres", database);
  const tables = await rowsOf<{ name: string }>(
    uri,
    "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await rowsOf<{ row: string }>(uri, `SELECT '${name} ' || t::text AS row FROM ${name} t`);
    texts.push(...rows.map(({ row }) => row).sort());
  }
  return texts;
}

/** Names of all databases that belong to these. */
export async function namesOf(server: TestPostgres, prefix: string): Promise<readonly string[]> {
  const found = await rowsOf<{ name: string }>(
    server.uri("postgres"),
    "SELECT datname AS name FROM pg_database WHERE datname LIKE $1 ORDER BY 1",
    [`${prefix}%`],
  );
  return found.map(({ name }) => name);
}
