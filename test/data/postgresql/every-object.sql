-- A database with one of everything that a system may keep in PostgreSQL: what a release must bring back equal.
CREATE EXTENSION citext;
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
CREATE SCHEMA tools;
CREATE EXTENSION hstore SCHEMA tools;
COMMENT ON EXTENSION hstore IS 'in a schema of its own';
COMMENT ON SCHEMA public IS 'Where the tables are';
CREATE SCHEMA "Mixed Case";
COMMENT ON SCHEMA "Mixed Case" IS 'A name that has to be quoted';
GRANT USAGE ON SCHEMA "Mixed Case" TO runtime, reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
ALTER TYPE mood ADD VALUE 'so-so' BEFORE 'ok';
CREATE TYPE place AS (x numeric, y numeric);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE span AS RANGE (subtype = float8);
CREATE COLLATION by_code (provider = libc, locale = 'C');
CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched = NEW.touched + 1; RETURN NEW; END $$;
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
REVOKE EXECUTE ON FUNCTION twice FROM PUBLIC;
GRANT EXECUTE ON FUNCTION twice TO runtime;
CREATE PROCEDURE nothing() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE longest(text) (SFUNC = textcat, STYPE = text, INITCOND = '');

CREATE SEQUENCE ticket AS int INCREMENT 5 MINVALUE 3 MAXVALUE 1000 START 8 CYCLE CACHE 2;
SELECT nextval('ticket'), nextval('ticket'), nextval('ticket');
CREATE SEQUENCE unused;

CREATE TABLE studies (
  id serial PRIMARY KEY,
  uid int GENERATED ALWAYS AS IDENTITY (START 100),
  name citext NOT NULL UNIQUE,
  mood mood DEFAULT 'ok',
  place place,
  size positive DEFAULT 1,
  area int GENERATED ALWAYS AS (size * 2) STORED,
  number int DEFAULT nextval('ticket'),
  during span,
  tags text[] DEFAULT '{}',
  document jsonb,
  bytes bytea,
  touched int NOT NULL DEFAULT 0,
  code text COLLATE by_code,
  CONSTRAINT one_at_a_time EXCLUDE USING gist (during WITH &&)
) WITH (fillfactor = 80);
ALTER TABLE studies ALTER COLUMN code SET STATISTICS 500, ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE studies IS 'It''s about "studies"';
COMMENT ON COLUMN studies.mood IS 'How it goes';
COMMENT ON CONSTRAINT one_at_a_time ON studies IS 'No two at once';
CREATE INDEX lively ON studies (lower(code)) WHERE mood <> 'sad';
CREATE UNIQUE INDEX by_code_once ON studies (code) NULLS NOT DISTINCT;
CREATE INDEX names ON studies USING gin ((name::text) gin_trgm_ops);
CREATE STATISTICS together ON name, code FROM studies;
CREATE TRIGGER touch BEFORE UPDATE ON studies FOR EACH ROW EXECUTE FUNCTION touched();
CREATE TRIGGER sleeping BEFORE INSERT ON studies FOR EACH ROW EXECUTE FUNCTION touched();
ALTER TABLE studies DISABLE TRIGGER sleeping;
INSERT INTO studies (name, place, during, tags, document, bytes, code)
  SELECT 'Study ' || n, row(n, 0.1)::place, span(n, n + 0.5), ARRAY['a', NULL, 'b"' || n],
         jsonb_build_object('n', n, 'deep', jsonb_build_array(n, NULL)), decode(lpad(to_hex(n), 8, '0'), 'hex'), 'c' || n
    FROM generate_series(1, 50) AS n;
UPDATE studies SET mood = 'happy' WHERE id % 3 = 0;
DELETE FROM studies WHERE id > 45;
GRANT SELECT, INSERT, UPDATE, DELETE ON studies TO runtime;
GRANT SELECT (id, name), UPDATE (name) ON studies TO reader WITH GRANT OPTION;
GRANT USAGE ON SEQUENCE studies_id_seq, ticket TO runtime;

CREATE TABLE "Mixed Case"."Weird ""name" ("Key" text, "select" float8, at timestamptz, PRIMARY KEY ("Key", "select"));
INSERT INTO "Mixed Case"."Weird ""name" VALUES ('NaN', 'NaN', '-infinity'), ('inf', 'infinity', NULL), (E'tab\tnew\nline\\', -0.0, '2026-11-21 10:00+00');

CREATE TABLE events (at date NOT NULL, study int REFERENCES studies ON DELETE CASCADE, what text) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (what);
CREATE TABLE events_2026_a PARTITION OF events_2026 FOR VALUES IN ('a');
CREATE TABLE events_2026_rest PARTITION OF events_2026 DEFAULT;
CREATE INDEX events_at ON events (at);
INSERT INTO events SELECT date '2025-06-01' + n * 20, 1 + n % 40, chr(97 + n % 3) FROM generate_series(0, 25) AS n;
GRANT SELECT, INSERT, DELETE ON events TO runtime;

CREATE TABLE parent (a int);
CREATE TABLE child (b int) INHERITS (parent);
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (2, 3);
CREATE TABLE empty ();
CREATE TABLE no_key (a int, b text);
INSERT INTO no_key VALUES (1, 'same'), (1, 'same'), (NULL, NULL);
CREATE UNLOGGED TABLE scratch (a int);
INSERT INTO scratch VALUES (7);

CREATE TABLE secrets (id int PRIMARY KEY, owner text, word text);
INSERT INTO secrets VALUES (1, 'runtime', 'apple'), (2, 'reader', 'pear'), (3, 'nobody', 'plum');
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON secrets TO runtime, reader USING (owner = current_user) WITH CHECK (owner = current_user);
CREATE POLICY not_plum ON secrets AS RESTRICTIVE FOR SELECT USING (word <> 'plum');
GRANT SELECT, UPDATE ON secrets TO runtime, reader;

CREATE VIEW happy WITH (security_barrier) AS SELECT id, name FROM studies WHERE mood = 'happy';
CREATE VIEW happier AS SELECT name FROM happy WHERE id > 9;
GRANT SELECT ON happy TO reader;
CREATE RULE quiet AS ON DELETE TO no_key DO INSTEAD NOTHING;
CREATE MATERIALIZED VIEW counts AS SELECT mood, count(*) AS studies FROM studies GROUP BY mood;
CREATE UNIQUE INDEX counts_mood ON counts (mood);
CREATE MATERIALIZED VIEW on_counts AS SELECT sum(studies) AS total FROM counts;
CREATE MATERIALIZED VIEW never_filled AS SELECT 1 AS a WITH NO DATA;
COMMENT ON MATERIALIZED VIEW counts IS 'How they are';

SELECT lo_from_bytea(4242, 'a large object'), lo_from_bytea(4243, repeat('x', 5000)::bytea);
COMMENT ON LARGE OBJECT 4242 IS 'One of two';
GRANT SELECT ON LARGE OBJECT 4242 TO reader;
