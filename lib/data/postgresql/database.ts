import type { Client } from "pg";
import { literal, name } from "./quoting";
import { row, rows } from "./server";

/** A database as the server's shared catalogue describes it; pg_dump without `--create` leaves all of this out. */
export interface DatabaseTraits {
  readonly oid: string;
  readonly owner: string;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  /** `c` for the C library's locales, `i` for ICU's. */
  readonly provider: string;
  readonly icuLocale: string | null;
  readonly connectionLimit: number;
  readonly tablespace: string;
  readonly comment: string | null;
  /** Who may do what, as the server writes it; null for the default. */
  readonly privileges: readonly string[] | null;
  /** `ALTER DATABASE … SET`, and `ALTER ROLE … IN DATABASE … SET` by role. */
  readonly settings: readonly { readonly role: string | null; readonly values: readonly string[] }[];
}

/** Undefined where there is no such database. */
export async function traitsOf(client: Client, database: string): Promise<DatabaseTraits | undefined> {
  const found = await row<Omit<DatabaseTraits, "settings">>(
    client,
    `SELECT d.oid::text, pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding,
            datcollate AS collate, datctype AS ctype, to_jsonb(d)->>'datlocprovider' AS provider,
            coalesce(to_jsonb(d)->>'daticulocale', to_jsonb(d)->>'datlocale') AS "icuLocale",
            datconnlimit AS "connectionLimit", t.spcname AS tablespace,
            shobj_description(d.oid, 'pg_database') AS comment, datacl::text[] AS privileges
     FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE datname = $1`,
    [database],
  );
  if (!found) return undefined;
  const settings = await rows<DatabaseTraits["settings"][number]>(
    client,
    `SELECT CASE WHEN setrole = 0 THEN NULL ELSE pg_get_userbyid(setrole) END AS role, setconfig AS values
     FROM pg_db_role_setting WHERE setdatabase = $1::oid ORDER BY 1 NULLS FIRST`,
    [found.oid],
  );
  return { ...found, settings };
}

/** Makes an empty database that reads and sorts text as another does; only what can't be altered later. */
export function createAlike(
  database: string,
  { owner, encoding, collate, ctype, provider, icuLocale }: DatabaseTraits,
): string {
  const icu = provider === "i" ? ` LOCALE_PROVIDER icu ICU_LOCALE ${literal(icuLocale ?? "")}` : "";
  return (
    `CREATE DATABASE ${name(database)} TEMPLATE template0 OWNER ${name(owner)} ENCODING ${literal(encoding)}` +
    ` LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}${icu}`
  );
}

/** Settings whose values are lists of names: stored as they must be written. */
const lists = new Set([
  "search_path",
  "temp_tablespaces",
  "session_preload_libraries",
  "local_preload_libraries",
]);

/**
 * Statements that give a database all that another has in the shared catalogue: privileges, settings, comment, connection limit.
 * @param grants of the other one, as `aclexplode` tells them.
 */
export function makeAlike(
  database: string,
  { owner, connectionLimit, comment, privileges, settings }: DatabaseTraits,
  grants: readonly DatabaseGrant[],
): readonly string[] {
  const on = `DATABASE ${name(database)}`;
  return [
    `ALTER ${on} CONNECTION LIMIT ${connectionLimit}`,
    `COMMENT ON ${on} IS ${comment === null ? "NULL" : literal(comment)}`,
    ...(privileges === null
      ? []
      : [`REVOKE ALL ON ${on} FROM PUBLIC`, `REVOKE ALL ON ${on} FROM ${name(owner)}`]),
    ...grants.map(
      ({ grantee, privilege, grantable }) =>
        `GRANT ${privilege} ON ${on} TO ${grantee === null ? "PUBLIC" : name(grantee)}${grantable ? " WITH GRANT OPTION" : ""}`,
    ),
    ...settings.flatMap(({ role, values }) => values.map((setting) => setStatement(on, role, setting))),
  ];
}

function setStatement(on: string, role: string | null, setting: string): string {
  const at = setting.indexOf("=");
  const [key, value] = [setting.slice(0, at), setting.slice(at + 1)];
  const whom = role === null ? `ALTER ${on}` : `ALTER ROLE ${name(role)} IN ${on}`;
  const parts = key.split(".").map(name).join(".");
  return `${whom} SET ${parts} TO ${lists.has(key) ? value || "''" : literal(value)}`;
}

/** One privilege on a database. */
export interface DatabaseGrant {
  /** Null for everybody. */
  readonly grantee: string | null;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** None where the privileges are the default. */
export async function grantsOf(client: Client, database: string): Promise<readonly DatabaseGrant[]> {
  return rows<DatabaseGrant>(
    client,
    `SELECT CASE WHEN a.grantee = 0 THEN NULL ELSE pg_get_userbyid(a.grantee) END AS grantee,
            a.privilege_type AS privilege, a.is_grantable AS grantable
     FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = $1 ORDER BY 1, 2`,
    [database],
  );
}

/** In what a database differs from another in the shared catalogue; its own identity left out. */
export function traitsThatDiffer(one: DatabaseTraits, other: DatabaseTraits): readonly string[] {
  const text = (traits: DatabaseTraits, key: keyof DatabaseTraits): string =>
    JSON.stringify(key === "privileges" ? [...(traits.privileges ?? ["default"])].sort() : traits[key]);
  return (Object.keys(one) as (keyof DatabaseTraits)[]).filter(
    (key) => key !== "oid" && text(one, key) !== text(other, key),
  );
}

/** Ends the sessions on a database, but this one and those that we may not end: an administrator's go on. */
export async function endSessions(client: Client, database: string): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity JOIN pg_roles theirs ON theirs.oid = usesysid
     JOIN pg_roles ours ON ours.rolname = current_user
     WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = 'client backend'
       AND (ours.rolsuper OR NOT theirs.rolsuper
            AND (pg_has_role(theirs.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')))`,
    [database],
  );
}
