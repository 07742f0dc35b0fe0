import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { dropDatabase } from "./copy";
import type { VersionNames } from "./one-database";
import { type PostgresServer, rows } from "./server";

/** The name of a copy that a preview makes and drops again. Example: `atmo_prod__preview_3fa9c01b`. */
const trialName = /^(?<database>.+?)~?__preview_(?<trial>[0-9a-f]{8})$/;

/** One preview on a server; its copies are dropped by it or, when it died, by the next one or by `clean`. */
export class Trial {
  /** Marks the copies' names and the session that stands for the preview being alive. */
  readonly #id = randomBytes(4).toString("hex");

  constructor(
    private readonly server: PostgresServer,
    private readonly databases: readonly string[],
  ) {}

  names(database: string): VersionNames {
    const next = `${database}__preview_${this.#id}`;
    return { base: next.replace(/__preview_/, "~__preview_"), next };
  }

  /** Runs with what earlier previews left dropped before, and whatever this one made dropped afterwards. */
  async with<Result>(run: () => Promise<Result>): Promise<Result> {
    const { server } = this;
    return server.with(server.database, async (alive) => {
      await alive.query(`SET application_name = '${sessionName(this.#id)}'`);
      await dropLeftTrials(server, this.databases);
      try {
        return await run();
      } finally {
        await this.#drop();
      }
    });
  }

  async #drop(): Promise<void> {
    const { server } = this;
    await server.with(server.database, async (client) => {
      for (const { base, next } of this.databases.map((database) => this.names(database)))
        for (const name of [base, next]) await dropDatabase(client, name);
    });
  }
}

/** Drops the copies of previews that died: those whose session is gone. */
export async function dropLeftTrials(server: PostgresServer, databases: readonly string[]): Promise<void> {
  await server.with(server.database, async (client) => {
    for (const name of await leftTrials(client, databases)) await dropDatabase(client, name);
  });
}

/** A preview's session begins before its first copy: a copy that is seen without it belongs to nobody. */
async function leftTrials(client: Client, databases: readonly string[]): Promise<readonly string[]> {
  const found = await rows<{ name: string }>(client, "SELECT datname AS name FROM pg_database");
  const sessions = await rows<{ name: string }>(
    client,
    "SELECT application_name AS name FROM pg_stat_activity WHERE application_name LIKE 'slipway preview %'",
  );
  const alive = new Set(sessions.map(({ name }) => name));
  return found
    .map(({ name }) => name)
    .filter((name) => {
      const { database = "", trial = "" } = trialName.exec(name)?.groups ?? {};
      return databases.includes(database) && !alive.has(sessionName(trial));
    });
}

function sessionName(trial: string): string {
  return `slipway preview ${trial}`;
}
