import type { Client } from "pg";
import { allEnded } from "../all-ended";
import { sideBySide as itemsSideBySide } from "../side-by-side";
import { type Contents, rowsOf } from "./contents";
import { rehearse, type Rehearsed } from "./rehearsal";
import { carry } from "./delta";
import { isUntouched, type Mark, markOf, since, type Since } from "./mark";
import { largeObjectsHash } from "./large-objects";
import type { OneDatabase } from "./one-database";
import { migrateAgain } from "./next-version";
import { exchangeDatabases, filesOf } from "./copy";
import { grantsOf, makeAlike, traitsOf, traitsThatDiffer } from "./database";
import { schemaText } from "./schema-text";
import { followSequences, sequencesOf } from "./sequences";
import { rows } from "./server";
import { inSnapshot, type Snapshot } from "./snapshot";
import { plain } from "./tables";
import { Refusal } from "../../problem";

/** A database whose writes are closed, and its next version made from exactly what it holds. */
export interface Settled extends Rehearsed {
  /** The original as it is while writes are closed. */
  readonly closed: Mark;
}

/**
 * Looks what users wrote since the rehearsal, and makes that again and nothing else. Rows are carried into the unmigrated copy, which
 * is migrated once more; only where tables were altered, or rows can't be carried, everything is done again.
 */
export async function settle(
  one: OneDatabase,
  rehearsed: Rehearsed,
  says: (text: string) => void,
): Promise<Settled> {
  return inSnapshot(one.server, one.database, async (closed) => {
    const { written, sequences, altered } = await look(one, rehearsed, closed);
    if (altered !== undefined) {
      says(`everything again in ${one.database}: ${altered}`);
      const anew = await rehearse(one, false);
      await makeNextAlike(one);
      return { ...anew, closed: anew.mark };
    }
    let version: Rehearsed = rehearsed;
    if (written.length > 0) {
      says(`again what users changed in ${written.map(({ table }) => plain(table)).join(", ")}`);
      version = await carryOver(one, rehearsed, { written, sequences }, closed);
    } else {
      const { next } = one.names;
      await refuseWritten(one, next, rehearsed.marks.next);
      await one.server.with(next, (client) => followSequences(client, rehearsed.sequences, sequences));
    }
    await makeNextAlike(one);
    // Whatever is written after that instant is newer than this, and was not carried.
    return { ...version, closed: await markOf(closed.client, rowsOf(version.before), closed.counters) };
  });
}

/** @throws Refusal where somebody wrote to a copy after it was compared with the original. */
async function refuseWritten(
  { server, jobs, names }: OneDatabase,
  copy: string,
  mark: Mark | undefined,
): Promise<void> {
  if (mark && (await isUntouched({ server, database: copy, jobs }, mark))) return;
  throw new Refusal("reading back", [
    {
      where: copy,
      found: "a copy that somebody wrote to after it was compared with the original",
      allowed: `nobody's writes but the release's own to ${names.base} and ${names.next}`,
      mend: "find out who connected to it; then start the release again",
    },
  ]);
}

interface Looked {
  readonly written: Since["written"];
  readonly sequences: Rehearsed["sequences"];
  /** Why rows alone would not do; undefined where they do. */
  readonly altered: string | undefined;
}

async function look(one: OneDatabase, rehearsed: Rehearsed, closed: Snapshot): Promise<Looked> {
  const { server, programs, database, jobs } = one;
  const [{ written, reshaped }, schema] = await allEnded(
    since({ server, database, jobs }, closed, rehearsed.mark, false),
    schemaText(programs, database),
  );
  const firing = await firingAlways(closed.client, written);
  const reasons = [
    [reshaped.length > 0, `tables were altered: ${reshaped.join(", ")}`],
    [schema.join("\n") !== rehearsed.schema.join("\n"), "something was altered in its catalogue"],
    [(await largeObjectsHash(closed.client)) !== rehearsed.objects, "large objects were written"],
    [firing.length > 0, `a trigger that fires always would do its work once more: ${firing.join(", ")}`],
    [
      written.length > 0 && !(await mayCarry(one)),
      "rows can't be carried without the right to set session_replication_role",
    ],
  ] as const;
  const altered = reasons.find(([applies]) => applies)?.[1];
  return { written, sequences: await sequencesOf(closed.client), altered };
}

function mayCarry({ server, at }: OneDatabase): Promise<boolean> {
  return server.with(at, (client) =>
    client.query("SET session_replication_role = replica").then(
      () => true,
      () => false,
    ),
  );
}

/** Which of these tables have triggers or rules that fire also for whoever carries rows. */
async function firingAlways(client: Client, written: Since["written"]): Promise<readonly string[]> {
  const found = await rows<{ oid: string }>(
    client,
    `SELECT tgrelid::text AS oid FROM pg_trigger WHERE tgenabled IN ('A', 'R')
     UNION SELECT ev_class::text FROM pg_rewrite WHERE ev_enabled IN ('A', 'R')`,
  );
  const oids = new Set(found.map(({ oid }) => oid));
  return written.filter(({ table }) => oids.has(table.oid)).map(({ table }) => plain(table));
}

/** Writes are closed: the unmigrated copy, which nobody needs as it is any more, becomes the next version. */
async function carryOver(
  one: OneDatabase,
  rehearsed: Rehearsed,
  { written, sequences }: Omit<Looked, "altered">,
  closed: Snapshot,
): Promise<Rehearsed> {
  const { server, programs, database, jobs, names, storage, mayGoOn } = one;
  const way = {
    server,
    programs,
    from: database,
    snapshot: closed.id,
    to: names.next,
    horizon: rehearsed.mark.horizon,
    folder: await storage.localFolder(changedRows(database)),
  };
  await refuseWritten(one, names.base, rehearsed.marks.base);
  await server.with(one.at, (client) => exchangeDatabases(client, names.base, names.next));
  const carried = await itemsSideBySide(written, jobs, async (one) => {
    mayGoOn();
    const was = rehearsed.before.get(plain(one.table));
    if (!was) throw new Error(`${plain(one.table)} was not read`);
    return [plain(one.table), await carry(way, one, was)] as const;
  });
  const before: Contents = new Map([...rehearsed.before, ...carried]);
  await server.with(names.next, (client) => followSequences(client, rehearsed.sequences, sequences));
  return { ...rehearsed, before, sequences, ...(await migrateAgain(one, before, rehearsed)) };
}

/** All that pg_dump leaves out comes last: a fence that closes the original closes its next version too. */
async function makeNextAlike({ server, database, names, at }: OneDatabase): Promise<void> {
  await server.with(at, async (client) => {
    const live = await traitsOf(client, database);
    if (!live) throw new Error(`${database} is gone`);
    for (const statement of makeAlike(names.next, live, await grantsOf(client, database)))
      await client.query(statement);
    const next = await traitsOf(client, names.next);
    const differ = next ? traitsThatDiffer(live, next) : ["existence"];
    if (differ.length === 0) return;
    throw new Refusal("catalogue", [
      {
        where: names.next,
        found: `another ${differ.join(", ")} than ${database} has`,
        allowed: "the same",
        mend: "give the release's user the rights of docs/postgresql-user.md",
      },
    ]);
  });
}

/** Beside the database's own dump. */
function changedRows(database: string): string {
  return `${database}.changed`;
}

/** What `manifest.json` tells of one database's dump. */
export async function dumpedDatabase(
  { database, storage }: OneDatabase,
  { before, files }: Settled,
): Promise<DumpedDatabase> {
  const carried = changedRows(database);
  await storage.publishFolder(carried);
  return {
    database,
    files,
    changed: await filesOf(storage.within(carried)),
    tables: Object.fromEntries([...before].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export interface DumpedDatabase {
  readonly database: string;
  /** pg_dump's own directory. */
  readonly files: Awaited<ReturnType<typeof filesOf>>;
  /** Rows that users wrote while the dump was taken and loaded, as COPY writes them. */
  readonly changed: Awaited<ReturnType<typeof filesOf>>;
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly hash: string }>>;
}
