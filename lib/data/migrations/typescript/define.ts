import type { Document } from "mongodb";

/**
 * A TypeScript migration: what `migration.ts` exports as its default, made by `defineMigration`.
 * Functions are pure: they see one document, have no clock, no randomness, no network; they are run twice to make sure.
 */
export interface TypeScriptMigration {
  /** Per collection, what becomes of each document: itself (changed in place or not), another, or `removed(reason)`. */
  readonly collections?: Readonly<Record<string, (document: Document) => Document | Removed>>;
  /** Collections that may be absent; any other name that does not exist is an error (rule N12). */
  readonly mayBeMissing?: readonly string[];
  /** Old name to new name; functions above go by the old one. */
  readonly renames?: Readonly<Record<string, string>>;
  /** New collections with the documents that they begin with, each with its `_id`. */
  readonly creates?: Readonly<Record<string, readonly Document[]>>;
  /** Collections to be dropped, each with its reason. */
  readonly deletes?: Readonly<Record<string, string>>;
}

/** A document that goes, with the reason that the proof of the release names. */
export class Removed {
  constructor(readonly reason: string) {}
}

export function removed(reason: string): Removed {
  return new Removed(reason);
}

export function defineMigration(migration: TypeScriptMigration): TypeScriptMigration {
  return migration;
}
