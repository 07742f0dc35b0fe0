import { randomUUID } from "node:crypto";
import { sumOf } from "../dump/file-sum";
import type { DumpStorage } from "../dump/storage";
import { endSessions } from "./database";
import type { Programs } from "./program";
import { name } from "./quoting";
import { lockPatience } from "./server";

/** The least that makes a dump small: more costs more time than it saves. */
export const compressionLevel = 1;

/** Dumps a database in pg_dump's directory format, as a snapshot sees it. @throws Refusal when pg_dump fails. */
export async function dump(
  programs: Programs,
  { database, folder, snapshot, jobs }: DumpRequest,
): Promise<void> {
  const args = [
    "--format=directory",
    `--file=${folder}`,
    `--jobs=${jobs}`,
    `--snapshot=${snapshot}`,
    `--lock-wait-timeout=${lockPatience}s`,
    `--compress=${compressionLevel}`,
  ];
  await programs.run("pg_dump", [...args, "--no-password", database], database);
}

export interface DumpRequest {
  readonly database: string;
  /** Empty. */
  readonly folder: string;
  readonly snapshot: string;
  readonly jobs: number;
}

/** Drops a database and ends the sessions on it; one that is gone is dropped. */
export async function dropDatabase(
  client: Parameters<typeof endSessions>[0],
  database: string,
): Promise<void> {
  await endSessions(client, database);
  await client.query(`DROP DATABASE IF EXISTS ${name(database)} WITH (FORCE)`);
}

/** Copies a database that nobody is connected to, file by file. */
export async function copyDatabase(
  client: Parameters<typeof endSessions>[0],
  from: string,
  to: string,
  owner: string,
): Promise<void> {
  await dropDatabase(client, to);
  await endSessions(client, from);
  await client.query(
    `CREATE DATABASE ${name(to)} TEMPLATE ${name(from)} OWNER ${name(owner)} STRATEGY file_copy`,
  );
}

/** Lets two databases that nobody needs under their own names change places, at once; nothing is dropped, which would take long. */
export async function exchangeDatabases(
  client: Parameters<typeof endSessions>[0],
  one: string,
  other: string,
): Promise<void> {
  const meanwhile = name(`slipway ${randomUUID()}`);
  for (const database of [one, other]) await endSessions(client, database);
  await client.query(
    `BEGIN; ALTER DATABASE ${name(one)} RENAME TO ${meanwhile}; ALTER DATABASE ${name(other)} RENAME TO ${name(one)};
     ALTER DATABASE ${meanwhile} RENAME TO ${name(other)}; COMMIT`,
  );
}

/** Every file of a dump by its name, with size and SHA-256: what a dump must be, byte for byte (rule N11). */
export async function filesOf(
  storage: DumpStorage,
): Promise<Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>> {
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for (const [name, { bytes }] of await storage.list())
    files[name] = { bytes, sha256: await sumOf(storage, name) };
  return files;
}
