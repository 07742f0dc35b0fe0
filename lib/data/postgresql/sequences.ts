import type { Client } from "pg";
import { literal, name } from "./quoting";
import { rows } from "./server";

/** Where a sequence is. */
export interface SequenceState {
  readonly schema: string;
  readonly sequence: string;
  readonly last: string;
  readonly called: boolean;
}

/** All sequences, by `schema.name`. */
export async function sequencesOf(client: Client): Promise<ReadonlyMap<string, SequenceState>> {
  const found = await rows<{ schema: string; sequence: string }>(
    client,
    `SELECT n.nspname AS schema, c.relname AS sequence FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY 1, 2`,
  );
  if (found.length === 0) return new Map();
  const each = found.map(
    ({ schema, sequence }) =>
      `SELECT ${literal(schema)} AS schema, ${literal(sequence)} AS sequence, last_value::text AS last, is_called AS called
       FROM ${name(schema)}.${name(sequence)}`,
  );
  const states = await rows<SequenceState>(client, each.join(" UNION ALL "));
  return new Map(states.map((state) => [`${state.schema}.${state.sequence}`, state]));
}

/** Brings a copy's sequences to where users have moved the originals since; those that they left alone stay as the migration left them. */
export async function followSequences(
  copy: Client,
  then: ReadonlyMap<string, SequenceState>,
  now: ReadonlyMap<string, SequenceState>,
): Promise<void> {
  const there = await sequencesOf(copy);
  for (const [key, { schema, sequence, last, called }] of now) {
    const before = then.get(key);
    if (!there.has(key) || (before?.last === last && before.called === called)) continue;
    const place = literal(`${name(schema)}.${name(sequence)}`);
    await copy.query(`SELECT setval(${place}::regclass, $1::bigint, $2)`, [last, called]);
  }
}
