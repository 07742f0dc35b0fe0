import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { connected, type TestPostgres } from "../../postgres";

const run = promisify(execFile);

/** What pg_dump does not tell of a database, by what it is about. */
const questions = {
  sequences: "SELECT schemaname, sequencename, sequenceowner::text, last_value FROM pg_sequences",
  extensions:
    "SELECT extname, extowner::regrole::text, extversion, extnamespace::regnamespace::text FROM pg_extension",
  "large objects":
    "SELECT oid, lomowner::regrole::text, lomacl::text, md5(lo_get(oid)), obj_description(oid, 'pg_largeobject') FROM pg_largeobject_metadata",
  "materialised views": "SELECT matviewname, matviewowner::text, ispopulated FROM pg_matviews",
  constraints:
    "SELECT conrelid::regclass::text, conname, convalidated FROM pg_constraint WHERE conrelid <> 0 AND connamespace <> 'pg_catalog'::regnamespace",
  "enum values":
    "SELECT enumtypid::regtype::text, enumlabel, row_number() OVER (PARTITION BY enumtypid ORDER BY enumsortorder) FROM pg_enum",
  database:
    "SELECT datdba::regrole::text, ARRAY(SELECT unnest(datacl)::text ORDER BY 1), datconnlimit, datallowconn, datistemplate, encoding, datcollate, datctype, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()",
  settings:
    "SELECT setrole::regrole::text, setconfig::text FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase WHERE datname = current_database()",
  triggers: "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal",
} as const;

/** All that a catalogue says of a database, as text that a person can compare. */
export async function catalogueOf(server: TestPostgres, database: string): Promise<string> {
  const args = ["--schema-only", "--create", "--dbname", server.uri("postgres", database)];
  const { stdout } = await run("pg_dump", args, { maxBuffer: 64 << 20 });
  // Comments tell nothing, and pg_dump puts a random word beside its guards against other meta-commands.
  const schema = stdout.replaceAll(/^(--|\\(un)?restrict ).*$/gm, "").replaceAll(/\n{2,}/g, "\n");
  const told = await connected(server.uri("postgres", database), async (client) => {
    const parts: string[] = [];
    for (const [about, question] of Object.entries(questions)) {
      const { rows } = await client.query<Record<string, unknown>>(question);
      const lines = rows.map((row) => Object.values(row).map(String).join(" | ")).sort();
      parts.push([`# ${about}`, ...lines].join("\n"));
    }
    return parts.join("\n");
  });
  return `${inOrder(schema)}\n${told}`;
}

/** Who was granted first says nothing. */
function inOrder(schema: string): string {
  const [grants, rest] = [[], []] as [string[], string[]];
  for (const line of schema.split("\n"))
    (/^(GRANT|REVOKE) .* ON DATABASE /.test(line) ? grants : rest).push(line);
  return [...rest, ...grants.sort()].join("\n");
}
