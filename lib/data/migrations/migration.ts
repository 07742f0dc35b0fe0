/** One step of a store's migration list, from one published schema version to the next (rule N6). */
export interface Migration {
  /** Folder of the step inside the list. Example: `nmdc-schema/11.23.0-to-11.24.0`. */
  readonly id: string;
  /** The schema package whose versions the step connects. Example: `nmdc-schema`. */
  readonly package: string;
  readonly from: string;
  readonly to: string;
  /** Content hash over the names and bytes of the step's files, wherever the list lies. */
  readonly hash: string;
  /** Folder of the step, absolute. */
  readonly folder: string;
  readonly step: MigrationStep;
}

export type MigrationStep =
  /** Says in the open that this schema version changes no data (ADR 0007). */
  | { readonly kind: "empty"; readonly reason: string }
  /** `migration.ts`: pure functions over single documents. */
  | { readonly kind: "typescript"; readonly file: string }
  /** A `Migrator` class of a published Python package, run from exactly the version that the step leads to (rule N7). */
  | { readonly kind: "python"; readonly module: string; readonly mayBeMissing: readonly string[] }
  /** PostgreSQL: SQL files, each in a transaction of its own. */
  | { readonly kind: "sql"; readonly databases: readonly DatabaseSql[]; readonly role?: string }
  /** PostgreSQL: a program of the system that migrates one database, such as Django's `migrate`. */
  | {
      readonly kind: "command";
      readonly databases: readonly DatabaseSql[];
      /** Absent where the release owns only one. */
      readonly database?: string;
      /** Program and arguments, run in the step's folder. Example: `["python3", "manage.py", "migrate"]`. */
      readonly run: readonly [string, ...string[]];
    };

/** A step's SQL for one database. */
export interface DatabaseSql {
  /** Absent where the files lie in the step's own folder: the release's only database. */
  readonly database?: string;
  /** `*.sql`, absolute, in the order of their names; empty for a command. */
  readonly statements: readonly string[];
  /** `checks/*.sql`, absolute: queries that must find no row once the step is done (rule N13). */
  readonly checks: readonly string[];
}

/** A schema by its package and version. Example: `nmdc-schema` `11.24.0`. */
export interface SchemaVersion {
  readonly package: string;
  readonly version: string;
}
