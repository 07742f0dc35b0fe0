import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type QueryResultRow } from "pg";
import { PostgresServer } from "../../tools/postgresql/launch";
import { dataOf, type ServerPrograms } from "../../tools/postgresql/cluster";
import type { PostgresUser } from "../../tools/postgresql/users";
import { benchTables } from "./bench-tables";

/** A real server that keeps what it acknowledged, with one database of some size, for one bench. */
export class BenchServer {
  readonly database = "bench";

  private constructor(
    private readonly server: PostgresServer,
    private readonly folder: string,
  ) {}

  static async start(programs: ServerPrograms, megabytes: number): Promise<BenchServer> {
    const folder = await mkdtemp(join(tmpdir(), "slipway-bench-postgresql-"));
    const made = new BenchServer(await PostgresServer.start({ programs, folder, durable: true }), folder);
    try {
      await made.query("postgres", `CREATE DATABASE ${made.database} OWNER owner`);
      await made.#fill(megabytes);
    } catch (error) {
      await made.stop();
      throw error;
    }
    return made;
  }

  /** Connection string of a user. Default: to the bench's database. */
  uri(user: PostgresUser, database = this.database): string {
    return this.server.uri(user, database);
  }

  /** Rows of one statement, as the administrator. */
  async query<Row extends QueryResultRow>(database: string, statement: string): Promise<readonly Row[]> {
    return this.#with(
      this.uri("postgres", database),
      async (client) => (await client.query<Row>(statement)).rows,
    );
  }

  /** Megabytes of the database, indexes included. */
  async megabytes(): Promise<number> {
    const [found] = await this.query<{ bytes: string }>(
      "postgres",
      `SELECT pg_database_size('${this.database}') AS bytes`,
    );
    return Number(found?.bytes ?? 0) / 1e6;
  }

  /** The server's first process. */
  async pid(): Promise<number> {
    const file = await readFile(join(dataOf(this.folder), "postmaster.pid"), "utf8");
    return Number(file.split("\n")[0]);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #fill(megabytes: number): Promise<void> {
    await this.#with(this.uri("owner"), async (client) => {
      for (const statement of benchTables(megabytes)) await client.query(statement);
    });
  }

  async #with<Result>(uri: string, run: (client: Client) => Promise<Result>): Promise<Result> {
    const client = new Client({ connectionString: uri });
    await client.connect();
    try {
      return await run(client);
    } finally {
      await client.end();
    }
  }
}
