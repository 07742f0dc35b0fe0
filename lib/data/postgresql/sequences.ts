import type { Client } from "pg";
import { literal, name } from "./quoting";
import { rows } from "./server";

/** Where a sequence is. */
export interface SequenceState {
  readonly schema: string;
  readonly sequence: string;
  readonly last: string;
  readonly called: boolean;
  /** By how much it moves; below zero downwards. */
  readonly increment: string;
}

/** All sequences, by `schema.name`. */
export async function sequencesOf(client: Client): Promise<ReadonlyMap<string, SequenceState>> {
  const found = await rows<{ schema: string; sequence: string; increment: string }>(
    client,
    `SELECT n.nspname AS schema, c.relname AS sequence, seqincrement::text AS increment
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence ON seqrelid = c.oid
     WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY 1, 2`,
  );
  if (found.length === 0) return new Map();
  const each = found.map(
    ({ schema, sequence, increment }) =>
      `SELECT ${literal(schema)} AS schema, ${literal(sequence)} AS sequence, last_value::text AS last, is_called AS called,
              ${literal(increment)} AS increment
       FROM ${name(schema)}.${name(sequence)}`,
  );
  const states = await rows<SequenceState>(client, each.join(" UNION ALL "));
  return new Map(states.map((state) => [`${state.schema}.${state.sequence}`, state]));
}

/**
 * Brings a copy's sequences to where users have moved the originals since; those that they left alone stay as the migration left them,
 * and where both moved one the further counts: no number is given twice.
 */
export async function followSequences(
  copy: Client,
  then: ReadonlyMap<string, SequenceState>,
  now: ReadonlyMap<string, SequenceState>,
): Promise<void> {
  const there = await sequencesOf(copy);
  for (const [key, moved] of now) {
    const [before, found] = [then.get(key), there.get(key)];
    if (!found || (before && isAt(before, moved))) continue;
    if (before && !isAt(before, found) && isFurther(found, moved)) continue;
    const place = literal(`${name(moved.schema)}.${name(moved.sequence)}`);
    await copy.query(`SELECT setval(${place}::regclass, $1::bigint, $2)`, [moved.last, moved.called]);
  }
}

function isAt(one: SequenceState, other: SequenceState): boolean {
  return one.last === other.last && one.called === other.called;
}

function isFurther(one: SequenceState, other: SequenceState): boolean {
  const ahead = (BigInt(one.last) - BigInt(other.last)) * BigInt(one.increment);
  return ahead === 0n ? one.called : ahead > 0n;
}
