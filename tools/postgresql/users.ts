import { randomBytes } from "node:crypto";

/**
 * The users that a server of ours is started with:
 * - `postgres` administers it: for tests, never for a release;
 * - `owner` owns databases and all that is in them;
 * - `slipway` is the release's own user, with no more than docs/postgresql-user.md asks for;
 * - `runtime` is an ordinary writer;
 * - `reader` only reads.
 */
export const postgresUsers = ["postgres", "owner", "slipway", "runtime", "reader"] as const;
export type PostgresUser = (typeof postgresUsers)[number];

export type PostgresPasswords = Readonly<Record<PostgresUser, string>>;

/** Passwords that nobody has used before. */
export function freshPasswords(): PostgresPasswords {
  const secrets = postgresUsers.map((user) => [user, randomBytes(24).toString("hex")] as const);
  return Object.fromEntries(secrets) as Record<PostgresUser, string>;
}

/** Connection string of one user. Example of an address: `127.0.0.1:25432`. */
export function postgresUri(address: string, user: PostgresUser, password: string, database: string): string {
  return `postgresql://${user}:${password}@${address}/${database}`;
}

/** The statements that make the users of a new server; secret, as passwords stand in them. Words of random hex need no quoting. */
export function userStatements(passwords: PostgresPasswords): readonly string[] {
  const login = (user: PostgresUser, rest = ""): string =>
    `CREATE ROLE ${user} LOGIN PASSWORD '${passwords[user]}' ${rest}`;
  return [
    login("owner"),
    login("runtime"),
    login("reader"),
    login("slipway", "CREATEDB BYPASSRLS"),
    // Acts for the owner: renames his databases, loads what becomes his, ends his sessions.
    "GRANT owner TO slipway",
    "GRANT pg_read_all_data, pg_read_all_stats, pg_read_all_settings, pg_signal_backend TO slipway",
    // Rows that changed since the rehearsal are carried over as they are: no trigger of the owner acts on them again.
    "GRANT SET ON PARAMETER session_replication_role TO slipway",
  ];
}
