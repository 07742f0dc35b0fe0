import { readFile } from "node:fs/promises";
import { z } from "zod";
import { freshPasswords, postgresUsers, type PostgresPasswords } from "../../postgresql/users";
import type { Layout } from "../layout";
import { freePorts, isFree } from "../ports";
import { writePrivate } from "../private-file";

const schema = z.strictObject({
  port: z.number().int(),
  passwords: z.record(z.enum(postgresUsers), z.string()),
});

/** What was chosen once for a PostgreSQL server and stays. The file is readable by its owner only. */
export interface PostgresSettings {
  readonly port: number;
  readonly passwords: PostgresPasswords;
}

/** Reads the settings, or makes them; a port that somebody else has taken meanwhile is chosen anew. */
export async function settlePostgres(layout: Layout, taken: readonly number[]): Promise<PostgresSettings> {
  const before = await readPostgresSettings(layout);
  if (before !== undefined && (await isFree(before.port))) return before;
  const [port = 0] = await freePorts(1, taken);
  const settings = { port, passwords: before?.passwords ?? freshPasswords() };
  await writePrivate(fileOf(layout), `${JSON.stringify(settings, null, 2)}\n`);
  return settings;
}

/** The settings of a server that was asked for before. */
export async function readPostgresSettings(layout: Layout): Promise<PostgresSettings | undefined> {
  const kept = await readFile(fileOf(layout), "utf8").catch(() => undefined);
  return kept === undefined ? undefined : schema.safeParse(JSON.parse(kept)).data;
}

function fileOf(layout: Layout): string {
  return layout.at("postgresql.json");
}
