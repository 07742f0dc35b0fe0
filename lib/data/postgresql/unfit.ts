import type { Client } from "pg";
import { stagingName } from "../names";
import { type Problem, Refusal } from "../../problem";
import type { PostgresStoreSpec } from "../protocol";
import { type PostgresServer, row, rows } from "./server";

/** Bytes of a database's name that the server keeps. */
const nameBytes = 63;

/** What can't be released without a loss, in all databases at once; found by looking only. @throws Refusal with all of it. */
export async function refuseUnfit(
  server: PostgresServer,
  { databases, journal, load }: PostgresStoreSpec,
  token: number,
  moves: boolean,
): Promise<void> {
  const problems: Problem[] = [];
  const refuse = (where: string, found: string, allowed: string, mend: string): void => {
    problems.push({ where, found, allowed, mend });
  };
  for (const kept of [journal, server.database].filter((one) => databases.includes(one)))
    refuse(
      kept,
      "the database that the release works from",
      "one that is not released",
      "slipway:data.store",
    );
  await server.with(server.database, async (client) => {
    const there = new Set(
      (await rows<{ name: string }>(client, "SELECT datname AS name FROM pg_database")).map(
        ({ name }) => name,
      ),
    );
    for (const database of databases) {
      if (Buffer.byteLength(stagingName(`${database}~`, token)) > nameBytes)
        refuse(
          database,
          "a name too long",
          `one that leaves room for "~__new_${token}" in ${nameBytes} bytes`,
          "rename it",
        );
      if (!there.has(database) && load?.[database] === undefined)
        refuse(
          database,
          "no such database",
          "one that is there, or a dump to load",
          "slipway:data.store.load",
        );
    }
    if (moves) problems.push(...(await sharedProblems(client, databases)));
  });
  for (const database of moves ? databases : [])
    if (problems.every(({ where }) => where !== database))
      await server
        .with(database, async (client) => problems.push(...(await problemsIn(client, database))))
        .catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
          if (load?.[database] === undefined) problems.push(...error.problems);
        });
  if (problems.length > 0) throw new Refusal("databases", problems);
}

/** What the server's shared catalogue tells. */
async function sharedProblems(client: Client, databases: readonly string[]): Promise<readonly Problem[]> {
  const found = await rows<{ database: string; found: string }>(
    client,
    `SELECT database::text, 'a logical replication slot, ' || slot_name AS found FROM pg_replication_slots WHERE database = ANY ($1)
     UNION ALL SELECT d.datname, 'a subscription, ' || subname FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE d.datname = ANY ($1)
     UNION ALL SELECT database::text, 'a prepared transaction, ' || gid FROM pg_prepared_xacts WHERE database = ANY ($1)
     UNION ALL SELECT d.datname, 'the tablespace ' || spcname FROM pg_database d JOIN pg_tablespace t ON t.oid = dattablespace
       WHERE d.datname = ANY ($1) AND spcname <> 'pg_default'
     UNION ALL SELECT datname, 'an owner that the release''s user is no member of, ' || pg_get_userbyid(datdba) FROM pg_database
       WHERE datname = ANY ($1) AND NOT pg_has_role(datdba, 'USAGE')
     UNION ALL SELECT datname, 'settings of the role ' || r.rolname || ' in it, which only who may alter roles can set again'
       FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase JOIN pg_roles r ON r.oid = setrole
       WHERE datname = ANY ($1) AND r.rolname <> current_user
         AND NOT (SELECT rolsuper OR rolcreaterole AND NOT r.rolsuper FROM pg_roles WHERE rolname = current_user)`,
    [databases],
  );
  const own = await row<{ may: boolean }>(
    client,
    "SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user",
  );
  const problems = found.map(({ database, found: what }) => unfit(database, what));
  return own?.may === true
    ? problems
    : [...problems, unfit("the release's user", "no right to create databases")];
}

/** What a database's own catalogue tells. */
async function problemsIn(client: Client, database: string): Promise<readonly Problem[]> {
  const found = await rows<{ found: string }>(
    client,
    `SELECT 'a foreign table, ' || ftrelid::regclass AS found FROM pg_foreign_table
     UNION ALL SELECT 'a table in another tablespace, ' || oid::regclass FROM pg_class WHERE reltablespace <> 0 AND relisshared = false
     UNION ALL SELECT DISTINCT 'objects of ' || pg_get_userbyid(relowner) || ', whom the release''s user is no member of'
       FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' AND NOT pg_has_role(relowner, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')`,
  );
  return found.map(({ found: what }) => unfit(database, what));
}

function unfit(where: string, found: string): Problem {
  return {
    where,
    found,
    allowed: "a database that can be dumped, loaded and renamed as a whole by the release's user",
    mend: "docs/postgresql-user.md; or move it to a database that is not released",
  };
}
