import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropDatabase } from "./copy";
import { createAlike, type DatabaseTraits } from "./database";
import { createExtensions, othersExtensions } from "./extensions";
import type { Programs } from "./program";
import type { PostgresServer } from "./server";

/** What is loaded, and where. */
export interface LoadRequest {
  /** The dump, in pg_dump's directory format. */
  readonly folder: string;
  /** The database that it is of. */
  readonly database: string;
  readonly actual: string;
  readonly traits: DatabaseTraits;
  readonly jobs: number;
  /** The database that commands about databases are given in. */
  readonly at: string;
}

/** Loads a dump into a new database that is like another; what was left under the name is dropped. @throws Refusal when it can't be loaded. */
export async function load(
  server: PostgresServer,
  programs: Programs,
  { folder, database, actual, traits, jobs, at }: LoadRequest,
): Promise<void> {
  await server.with(at, async (client) => {
    await dropDatabase(client, actual);
    await client.query(createAlike(actual, traits));
  });
  const extensions = await server.with(database, othersExtensions);
  const args = ["--exit-on-error", "--no-password", `--dbname=${actual}`];
  const all = [...args, `--jobs=${jobs}`];
  if (extensions.length === 0) {
    await programs.run("pg_restore", [...all, folder], actual);
    return;
  }
  const listed = (await programs.run("pg_restore", ["--list", folder], actual)).split("\n");
  const schemas = listed.filter((line) => / SCHEMA - /.test(line));
  await restoreListed(programs, actual, [...args, folder], schemas);
  const made = await server.with(actual, (client) => createExtensions(client, extensions));
  const isThere = (line: string): boolean =>
    schemas.includes(line) || made.has(/^\d+; \d+ \d+ EXTENSION - (.+?) *$/.exec(line)?.[1] ?? "");
  const rest = listed.filter((line) => !isThere(line));
  await restoreListed(programs, actual, [...all, folder], rest);
}

/** Restores some entries of a dump, in its own order. */
async function restoreListed(
  programs: Programs,
  actual: string,
  args: readonly string[],
  entries: readonly string[],
): Promise<void> {
  if (entries.length === 0) return;
  const folder = await mkdtemp(join(tmpdir(), "slipway-restore-"));
  try {
    const list = join(folder, "entries");
    await writeFile(list, `${entries.join("\n")}\n`);
    await programs.run("pg_restore", [`--use-list=${list}`, ...args], actual);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
