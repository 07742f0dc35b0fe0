import { DatabaseError } from "pg";
import type { Violation } from "./migrate";
import { name } from "./quoting";
import { type PostgresServer, rows } from "./server";

/** What the server answers where a row breaks a constraint. */
const integrity = /^23/;

/**
 * Judges what no load proves: constraints that are `NOT VALID`. Each is validated and the validation taken back, so that the catalogue
 * stays as its owner wants it (rule N13).
 */
export async function checkNotValid(server: PostgresServer, actual: string): Promise<readonly Violation[]> {
  return server.with(actual, async (client) => {
    const found = await rows<{ place: string; constraint: string }>(
      client,
      `SELECT conrelid::regclass::text AS place, conname AS constraint FROM pg_constraint
       WHERE NOT convalidated AND contype IN ('c', 'f') AND conparentid = 0 ORDER BY 1, 2`,
    );
    const violations: Violation[] = [];
    for (const { place, constraint } of found) {
      await client.query("BEGIN");
      try {
        await client.query(`ALTER TABLE ${place} VALIDATE CONSTRAINT ${name(constraint)}`);
      } catch (error) {
        if (!(error instanceof DatabaseError) || !integrity.test(error.code ?? "")) throw error;
        const row = [error.message, error.detail].filter(Boolean).join("; ");
        violations.push({ check: `${constraint}, NOT VALID on ${place}`, row });
      } finally {
        await client.query("ROLLBACK");
      }
    }
    return violations;
  });
}
