/** Rows of each table for one megabyte of database, indexes included, as measured on PostgreSQL 15. */
const rowsPerMegabyte = {
  accounts: 3_000,
  history: 1_200,
  documents: 190,
  measurements: 1_000,
  attachments: 12,
} as const;

/**
 * Statements that make and fill a database of about so many megabytes: pgbench's own tables, and others with documents, partitions,
 * arrays, enums, large values that don't compress, foreign keys and a materialised view. The same for the same size.
 */
export function benchTables(megabytes: number): readonly string[] {
  const rows = (table: keyof typeof rowsPerMegabyte): number => Math.ceil(rowsPerMegabyte[table] * megabytes);
  return [
    `CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88)) WITH (fillfactor = 100);
     CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int REFERENCES pgbench_branches, tbalance int, filler char(84));
     CREATE TABLE pgbench_accounts (aid int, bid int, abalance int, filler char(84)) WITH (fillfactor = 100);
     CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
     CREATE TYPE unit AS ENUM ('metre', 'kelvin', 'pascal', 'mole');
     CREATE TABLE documents (id bigserial PRIMARY KEY, name text NOT NULL, version int NOT NULL DEFAULT 1, content jsonb NOT NULL);
     CREATE TABLE measurements (id bigint, document bigint NOT NULL, at timestamptz NOT NULL, value numeric(12, 4) NOT NULL,
       unit unit NOT NULL, tags text[]) PARTITION BY LIST (unit);
     CREATE TABLE attachments (id uuid PRIMARY KEY, document bigint NOT NULL, bytes bytea NOT NULL);`,
    ...["metre", "kelvin", "pascal", "mole"].map(
      (unit) => `CREATE TABLE measurements_${unit} PARTITION OF measurements FOR VALUES IN ('${unit}')`,
    ),
    `INSERT INTO pgbench_branches SELECT n, 0, '' FROM generate_series(1, 40) AS n;
     INSERT INTO pgbench_tellers SELECT n, 1 + n % 40, 0, '' FROM generate_series(1, 400) AS n;
     INSERT INTO pgbench_accounts SELECT n, 1 + n % 40, n % 7919, md5(n::text) FROM generate_series(1, ${rows("accounts")}) AS n;
     INSERT INTO pgbench_history SELECT 1 + n % 400, 1 + n % 40, n, n % 5000 - 2500, '2024-01-01'::timestamp + n * interval '7 s', ''
       FROM generate_series(1, ${rows("history")}) AS n;`,
    `INSERT INTO documents (name, content) SELECT 'Study ' || n, jsonb_build_object('id', 'nmdc:sty-' || n, 'state', 'draft',
       'people', jsonb_build_array(md5(n || 'a'), md5(n || 'b'), md5(n || 'c')), 'depth', n % 311 / 7.0,
       'text', repeat('measured at the site ', 5) || (SELECT string_agg(md5(n || ' ' || part), ' ') FROM generate_series(1, 12) AS part))
       FROM generate_series(1, ${rows("documents")}) AS n`,
    `INSERT INTO measurements SELECT n, 1 + n % ${rows("documents")}, '2023-05-01'::timestamptz + n * interval '31 s', (n * 37 % 99991) / 10.0,
       (ARRAY['metre', 'kelvin', 'pascal', 'mole']::unit[])[1 + n % 4], ARRAY['run ' || n % 50, 'raw']
       FROM generate_series(1, ${rows("measurements")}) AS n`,
    `INSERT INTO attachments SELECT md5(n::text)::uuid, 1 + n % ${rows("documents")},
       (SELECT string_agg(sha256((n || ' ' || part)::bytea), '') FROM generate_series(1, 250) AS part)
       FROM generate_series(1, ${rows("attachments")}) AS n`,
    `ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid);
     CREATE INDEX ON documents USING gin ((content -> 'people'));
     CREATE UNIQUE INDEX ON documents (name);
     ALTER TABLE measurements ADD PRIMARY KEY (unit, id);
     CREATE INDEX ON measurements (document);
     ALTER TABLE measurements ADD FOREIGN KEY (document) REFERENCES documents;
     ALTER TABLE attachments ADD FOREIGN KEY (document) REFERENCES documents;
     CREATE MATERIALIZED VIEW daily AS SELECT unit, at::date AS day, count(*), avg(value) FROM measurements GROUP BY 1, 2;
     GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO runtime;
     GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO runtime;`,
    "VACUUM ANALYZE",
  ];
}
