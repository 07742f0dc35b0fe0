import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { DumpStorage } from "../dump/storage";
import type { Migration, ProcessReport } from "../migrations";
import { Refusal } from "../../problem";
import type { PostgresStoreSpec } from "../protocol";
import { dropDatabase } from "./copy";
import { traitsOf } from "./database";
import type { Mark } from "./mark";
import { check } from "./migrate";
import type { OneDatabase } from "./one-database";
import type { PostgresDataStore } from "./postgres-data-store";
import { name } from "./quoting";
import { type Contents, contentsOf } from "./contents";
import type { Rehearsed } from "./rehearsal";
import { reportOf } from "./report";
import { tablesOf } from "./tables";

/** What pg_dump's custom format begins with. */
const customMagic = "PGDMP";

/**
 * The first release: databases that are there are looked through; those that are not are loaded from their dumps under a staging name,
 * and looked through (rule A11). Nothing that is there is changed.
 */
export async function adopt(
  store: PostgresDataStore,
  spec: PostgresStoreSpec,
  last: Migration | undefined,
  ones: readonly OneDatabase[],
  storage: DumpStorage,
): Promise<ProcessReport> {
  const present = await store.present();
  const versions = new Map<string, Rehearsed>();
  const loaded: string[] = [];
  for (const one of ones) {
    const isThere = present.has(one.database);
    const dump = spec.load?.[one.database];
    if (!isThere && dump !== undefined) {
      await loadDump(one, dump);
      loaded.push(one.database);
    }
    versions.set(
      one.database,
      await lookThrough(one, isThere ? one.database : one.names.next, isThere, last),
    );
  }
  return reportOf(versions, loaded, storage);
}

async function loadDump(one: OneDatabase, dump: string): Promise<void> {
  const { server, programs, names, at, jobs } = one;
  const isPlain = await isPlainSql(dump);
  const schema = isPlain ? [] : ["--schema-only", "--file=-", dump];
  const lines = isPlain
    ? createInterface({ input: createReadStream(dump) })
    : (await programs.run("pg_restore", schema, at)).split("\n");
  const owner = await ownerIn(lines);
  await server.with(at, async (client) => {
    await dropDatabase(client, names.next);
    const owned = owner === undefined ? "" : ` OWNER ${owner}`;
    await client.query(`CREATE DATABASE ${name(names.next)} TEMPLATE template0${owned}`);
  });
  const into = isPlain
    ? programs.run("psql", ["-X", "-q", "-w", "-1", "-v", "ON_ERROR_STOP=1", "-f", dump], names.next)
    : programs.run(
        "pg_restore",
        ["--exit-on-error", "--no-password", `--jobs=${jobs}`, `--dbname=${names.next}`, dump],
        names.next,
      );
  await into;
  if ((await server.with(names.next, tablesOf)).length > 0) return;
  throw new Refusal("first deployment", [
    {
      where: dump,
      found: "a dump that holds no table",
      allowed: `the data of ${one.database}`,
      mend: "take the dump again, or set slipway:data.store.load to another",
    },
  ]);
}

/** Who owns most of what a dump makes, as SQL writes the name: the database must be his, or he could make nothing in it. */
async function ownerIn(lines: AsyncIterable<string> | Iterable<string>): Promise<string | undefined> {
  const counts = new Map<string, number>();
  for await (const line of lines) {
    const owner = /^ALTER .+ OWNER TO (?<owner>\S+);$/.exec(line)?.groups?.["owner"];
    if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

async function isPlainSql(dump: string): Promise<boolean> {
  const file = await open(dump, "r");
  try {
    if ((await file.stat()).isDirectory()) return false;
    const { buffer } = await file.read(Buffer.alloc(customMagic.length), 0, customMagic.length, 0);
    return buffer.toString("latin1") !== customMagic;
  } finally {
    await file.close();
  }
}

async function lookThrough(
  one: OneDatabase,
  actual: string,
  isThere: boolean,
  last: Migration | undefined,
): Promise<Rehearsed> {
  const { server } = one;
  const after = await contentsOf(one, actual);
  const traits = await server.with(one.at, (client) => traitsOf(client, actual));
  if (!traits) throw new Error(`${actual} is gone`);
  const violations = await check(
    { server, secrets: one.secrets, database: one.database, actual, only: one.only },
    last,
  );
  const mark: Mark = { oid: "", horizon: "0", counting: "", tables: {} };
  const migrated = { touched: new Set<string>(), counted: new Map(), violations };
  const before: Contents = isThere ? after : new Map();
  return {
    traits,
    mark,
    schema: [],
    files: {},
    sequences: new Map(),
    objects: "",
    before,
    after,
    migrated,
    marks: {},
  };
}
