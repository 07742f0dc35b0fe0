import { setTimeout as sleep } from "node:timers/promises";
import type { QueryResultRow } from "pg";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { connected, rowsOf } from "../postgresql/session";

/** A system's databases on the embedded environment's PostgreSQL, and the journal of what was released into them. */
export class PostgresDatabases {
  private constructor(
    private readonly server: NonNullable<EmbeddedEnvironment["postgres"]>,
    /** Where the release keeps its journal. Example: `slipway_atmosphere_beta`. */
    readonly journal: string,
    readonly names: readonly string[],
  ) {}

  /** @throws Error where the environment was not asked for PostgreSQL. */
  static on(
    { postgres }: Pick<EmbeddedEnvironment, "postgres">,
    journal: string,
    ...names: readonly string[]
  ): PostgresDatabases {
    if (postgres === undefined) throw new Error("this environment has no PostgreSQL");
    return new PostgresDatabases(postgres, journal, names);
  }

  /** Connection string of an ordinary user, as a pod must use it: without TLS, which the embedded server does not speak. */
  podUri(database: string): string {
    const uri = new URL(at(this.server.podUri, database));
    uri.searchParams.set("sslmode", "disable");
    return uri.href;
  }

  /**
   * Makes a database of the owner's with what these statements make; ordinary users may read and write all of it, and what migrations
   * make later. The server must have none of this name.
   */
  async create(database: string, statements: string): Promise<void> {
    await rowsOf(this.server.adminUri, `CREATE DATABASE "${database}" OWNER owner`);
    await connected(at(this.server.ownerUri, database), (client) =>
      client.query(`
        ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO runtime;
        ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO runtime;
        ${statements}`),
    );
  }

  /** As the release's own user. */
  rows<Row extends QueryResultRow>(database: string, statement: string): Promise<readonly Row[]> {
    return rowsOf<Row>(at(this.server.uri, database), statement);
  }

  /** As an ordinary user of the system, who is refused while writes are closed. */
  rowsAsUser<Row extends QueryResultRow>(database: string, statement: string): Promise<readonly Row[]> {
    return rowsOf<Row>(at(this.server.userUri, database), statement);
  }

  /** The environment in which PostgreSQL's own programs meet a database as the release's user: no secret in their arguments. */
  programEnvironment(database: string): NodeJS.ProcessEnv {
    const { hostname, port, username, password } = new URL(this.server.uri);
    const own = {
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: password,
      PGDATABASE: database,
    };
    return { ...process.env, ...own };
  }

  /** Version of the schema that holds; `none` before the first release. */
  async schema(): Promise<string> {
    if (!(await this.all()).includes(this.journal)) return "none";
    const found = await this.rows<{ version: string }>(
      this.journal,
      "SELECT document->>'version' AS version FROM documents WHERE id = 'schema'",
    );
    return found[0]?.version ?? "none";
  }

  /** Waits until no release is under way: an engine that outlived its `up` may still be taking one back. */
  async settled(): Promise<void> {
    if (!(await this.all()).includes(this.journal)) return;
    while ((await this.rows(this.journal, "SELECT FROM lock WHERE owner IS NOT NULL")).length > 0)
      await sleep(200);
  }

  /** The databases, the versions that releases left beside them, and the journal: those that the server has. */
  async all(): Promise<readonly string[]> {
    const found = await rowsOf<{ name: string }>(
      this.server.adminUri,
      "SELECT datname AS name FROM pg_database WHERE NOT datistemplate",
    );
    const own = [this.journal, ...this.names];
    return found
      .map(({ name }) => name)
      .filter((name) => own.some((one) => name === one || name.replace("~", "").startsWith(`${one}__`)));
  }

  /** Takes all of it away. */
  async drop(): Promise<void> {
    for (const name of await this.all())
      await rowsOf(this.server.adminUri, `DROP DATABASE "${name}" WITH (FORCE)`);
  }
}

/** The same user's connection string, to a database. */
function at(uri: string, database: string): string {
  const url = new URL(uri);
  url.pathname = `/${database}`;
  return url.href;
}
