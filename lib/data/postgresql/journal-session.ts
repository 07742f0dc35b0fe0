import type { Client } from "pg";
import { createTables } from "./postgres-ledger";
import { name } from "./quoting";
import { hasState, isCut, type PostgresServer, rows, state } from "./server";

/** One session on the journal's database, opened when it is needed, and again after it was cut. */
export class JournalSession {
  #session: Client | undefined;
  #before: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly server: PostgresServer,
    readonly database: string,
  ) {}

  /** Undefined where there is no journal yet; nothing is made, since whoever reads may be allowed nothing else. */
  async read<Result>(run: (client: Client) => Promise<Result>): Promise<Result | undefined> {
    return this.#run(false, async (client) => client && run(client));
  }

  /** Makes the journal where there is none yet. */
  async write<Result>(run: (client: Client) => Promise<Result>): Promise<Result> {
    return this.#run(true, async (client) => {
      if (!client) throw new Error("a journal that was just made is gone");
      return run(client);
    });
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.end().catch(() => undefined);
  }

  /** One question after the other: a session answers no two at the same time. */
  #run<Result>(make: boolean, run: (client: Client | undefined) => Promise<Result>): Promise<Result> {
    const turn = this.#before.then(() => this.#answer(make, run));
    this.#before = turn.catch(() => undefined);
    return turn;
  }

  async #answer<Result>(
    make: boolean,
    run: (client: Client | undefined) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await run(await this.#client(make));
    } catch (error) {
      if (isCut(error)) await this.close();
      throw error;
    }
  }

  async #client(make: boolean): Promise<Client | undefined> {
    return (this.#session ??= await this.#open(make));
  }

  async #open(make: boolean): Promise<Client | undefined> {
    const there = await this.server.with(this.server.database, (client) => this.#isThere(client));
    if (!there && !make) return undefined;
    if (!there) await this.server.with(this.server.database, (client) => this.#create(client));
    const client = await this.server.connect(this.database);
    // Whoever renames holds the lock's row for as long as that takes.
    await client.query("SET search_path = public; SET lock_timeout = 0");
    if (make) await createTables(client);
    else if (!(await hasTables(client))) {
      await client.end();
      return undefined;
    }
    return client;
  }

  async #isThere(client: Client): Promise<boolean> {
    return (await rows(client, "SELECT FROM pg_database WHERE datname = $1", [this.database])).length > 0;
  }

  async #create(client: Client): Promise<void> {
    try {
      await client.query(`CREATE DATABASE ${name(this.database)} TEMPLATE template0 ENCODING 'UTF8'`);
    } catch (error) {
      // Somebody else was quicker.
      if (!hasState(error, state.duplicateDatabase, state.duplicateKey)) throw error;
    }
  }
}

async function hasTables(client: Client): Promise<boolean> {
  return (
    (await rows(client, "SELECT FROM pg_class WHERE relname = 'documents' AND relkind = 'r'")).length > 0
  );
}
