/** Where a secret is to be read at run time; a value in clear never stands in a file (rule X5). */
export type SecretSource =
  | { readonly kind: "env"; readonly name: string }
  /** Read from the embedded environment's own description, which `tools/environment` writes. */
  | { readonly kind: "embedded" }
  /** A secret key of the stack's config; whoever starts the engine puts the `value` in its place, the engine refuses it. */
  | { readonly kind: "config"; readonly key: string }
  /** A file that holds nothing else, as a container has it mounted. */
  | { readonly kind: "file"; readonly path: string }
  /** Decrypted by Pulumi and handed over on standard input only. */
  | { readonly kind: "value"; readonly value: string };

/** How ordinary writers are kept out (rules N10, N15); `strongest` probes in the order writeBlock, roles, scale. */
export type CloseWrites = "strongest" | "writeBlock" | "roles" | "scale";

export interface MongoStoreSpec {
  readonly kind: "mongodb";
  /** The connection string of the release's own user. */
  readonly uri: SecretSource;
  /** The connection string of an ordinary writer, with which canary writes prove that writes are closed or open. */
  readonly canary?: SecretSource;
  readonly database: string;
  readonly closeWrites: CloseWrites;
}

/**
 * How ordinary writers are kept out of PostgreSQL databases; `strongest` probes in this order: `readOnly` (readers go on),
 * `connections` (nobody but superusers may connect), `scale`.
 */
export type ClosePostgresWrites = "strongest" | "readOnly" | "connections" | "scale";

export interface PostgresStoreSpec {
  readonly kind: "postgresql";
  /**
   * The connection string of the release's own user. The database that it names is only where we connect before our own
   * is there, such as `postgres`; it is none of `databases`.
   */
  readonly uri: SecretSource;
  /** The connection string of an ordinary writer; each of `databases` takes the place of the one that it names. */
  readonly canary?: SecretSource;
  /** Released together: all of them change places or none. Example: `["atmo_prod", "troposphere"]`. */
  readonly databases: readonly string[];
  /** Databases that this environment calls otherwise than the folders of its migrations: by folder. Default: none. */
  readonly names?: Readonly<Record<string, string>>;
  /** Our own small database on the same server: lock, journal, what holds. Example: `slipway_atmosphere_prod`. */
  readonly journal: string;
  readonly closeWrites: ClosePostgresWrites;
  /** How many tables are dumped, restored and hashed at the same time. Example: 2. */
  readonly jobs: number;
  /**
   * The first deployment (rule A11): dumps that are loaded where a database does not exist yet, by its name; absolute paths
   * of plain SQL, or of pg_dump's custom or directory format.
   */
  readonly load?: Readonly<Record<string, string>>;
}

/** The data that a release owns. */
export type StoreSpec = MongoStoreSpec | PostgresStoreSpec;
