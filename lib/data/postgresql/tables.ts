import type { Client } from "pg";
import { name } from "./quoting";
import { rows } from "./server";

/** A table that holds rows itself: a partition, not the table that it is a part of. */
export interface Table {
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  /** The file that the rows are in: another after TRUNCATE or a rewrite. */
  readonly file: string;
  /** Columns that are stored as they were given, in order; generated ones left out. */
  readonly columns: readonly string[];
  /** Each column, generated or not, of a row `r`, as a value that has the same bytes in every copy. Example: `r."at"::pg_catalog.date`. */
  readonly values: readonly string[];
  /** Of the primary key; none where there is no such. */
  readonly key: readonly string[];
  readonly bytes: number;
}

/**
 * Types whose binary form is exact and the same in every database of a server. Others are read as text: an enum's, a domain's or a
 * composite type's binary form holds numbers that each database gives anew. As a part of a row it is the type's own text, whatever casts
 * somebody has made.
 */
const exact =
  "bool|int2|int4|int8|oid|float4|float8|numeric|text|varchar|bpchar|bytea|uuid|date|time|timetz|timestamp|timestamptz|interval|json|jsonb|inet|cidr|bit|varbit";

/** The tables of a database, ours to compare: not the server's, not an extension's. The largest first. */
export async function tablesOf(client: Client): Promise<readonly Table[]> {
  return rows<Table>(
    client,
    `SELECT c.oid::text, n.nspname AS schema, c.relname AS "table", pg_table_size(c.oid)::float8 AS bytes,
       c.relfilenode::text AS file,
       ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
             AND attgenerated = '' ORDER BY attnum) AS columns,
       ARRAY(SELECT CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace AND t.typname ~ '^_?(${exact})$'
                    THEN format('r.%I::pg_catalog.%I', a.attname, t.typname) ELSE format('ROW(r.%I)::text', a.attname) END
             FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS values,
       ARRAY(SELECT a.attname::text FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, at)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
             WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.at) AS key
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
     ORDER BY bytes DESC, 2, 3`,
  );
}

/** A table as SQL writes it. */
export function quoted({ schema, table }: Pick<Table, "schema" | "table">): string {
  return `${name(schema)}.${name(table)}`;
}

/** A table as people and records name it within its database. */
export function plain({ schema, table }: Pick<Table, "schema" | "table">): string {
  return `${schema}.${table}`;
}
