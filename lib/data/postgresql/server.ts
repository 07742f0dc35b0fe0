import { Client, type ClientConfig, DatabaseError, type QueryResultRow } from "pg";
import { Refusal } from "../../problem";
import type { Secrets } from "../secrets";

/** Seconds within which a server must answer a new connection. */
const connectWithin = 15;

/** Seconds for which we wait for a table that somebody else has locked; users wait for nothing of ours meanwhile. */
export const lockPatience = 10;

/** What our own sessions are set to: not what a database's settings, ours among them, would make of them. */
const sessionSettings = [
  "default_transaction_read_only=off",
  "row_security=off",
  "TimeZone=UTC",
  "DateStyle=ISO",
  "IntervalStyle=postgres",
  "bytea_output=hex",
  "extra_float_digits=1",
  "search_path=pg_catalog",
  "statement_timeout=0",
  `lock_timeout=${lockPatience}s`,
  "idle_in_transaction_session_timeout=0",
];

/**
 * For whoever writes to copies only: their commits need not be waited for, as the rename that puts a copy in place is, and what a server
 * acknowledges is durable together with all that was written before it.
 */
export const notWaiting = "synchronous_commit=off";

/** The server doesn't answer; it may later. */
export class Unreachable extends Refusal {}

/** A PostgreSQL server, as one of its users. */
export class PostgresServer {
  readonly #config: ClientConfig;

  private constructor(
    uri: string,
    private readonly where: string,
    private readonly secrets: Secrets,
  ) {
    this.#config = configOf(uri);
  }

  /** @throws Refusal when the connection string is none; without secrets. */
  static of(uri: string, where: string, secrets: Secrets): PostgresServer {
    try {
      return new PostgresServer(uri, where, secrets);
    } catch {
      throw new Refusal("database", [
        {
          where,
          found: "a text that is no connection string",
          allowed: "postgresql://user:password@host:port/database",
          mend: "set it to the connection string of the release's user",
        },
      ]);
    }
  }

  /** The database that the connection string names. */
  get database(): string {
    return this.#config.database ?? "postgres";
  }

  /** A session on a database. @throws Refusal when the server can't be reached or refuses the user. */
  async connect(database: string): Promise<Client> {
    try {
      return await this.connectAsIs(database, sessionSettings);
    } catch (error) {
      const Kind = isCut(error) ? Unreachable : Refusal;
      throw new Kind("database", [
        {
          where: `${this.where}, database ${database}`,
          found: this.secrets.redact(error instanceof Error ? error.message : String(error)),
          allowed: "a PostgreSQL server that answers and accepts the release's user",
          mend: "check the connection string, its user and password, and the way to the server",
        },
      ]);
    }
  }

  /** A session with these settings only, as an ordinary user has it; whatever the server says is thrown as it is. */
  async connectAsIs(database: string, settings: readonly string[] = []): Promise<Client> {
    const client = new Client({
      ...this.#config,
      database,
      application_name: "slipway",
      connectionTimeoutMillis: connectWithin * 1000,
      keepAlive: true,
      ...(settings.length > 0 ? { options: settings.map((setting) => `-c ${setting}`).join(" ") } : {}),
    });
    // A cut connection is heard of by whoever waits for an answer.
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  /** Runs with a session of its own. */
  async with<Result>(database: string, run: (client: Client) => Promise<Result>): Promise<Result> {
    const client = await this.connect(database);
    try {
      return await run(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Ends what a session waits for; the session stays. @param pid the session's, as `pg_backend_pid` tells it. */
  async cancel(pid: number): Promise<void> {
    await this.with(this.database, (client) => client.query("SELECT pg_cancel_backend($1)", [pid]));
  }

  /** The environment in which PostgreSQL's own programs meet a database: no secret stands in their arguments (rule X5). */
  environment(database: string): NodeJS.ProcessEnv {
    const { host, port, user, password, ssl } = this.#config;
    return {
      ...process.env,
      PGHOST: host,
      PGPORT: String(port ?? 5432),
      PGUSER: user,
      PGDATABASE: database,
      PGAPPNAME: "slipway",
      PGCONNECT_TIMEOUT: String(connectWithin),
      PGOPTIONS: [...sessionSettings, notWaiting]
        .filter((setting) => !setting.startsWith("search_path") && !setting.startsWith("row_security"))
        .map((setting) => `-c ${setting}`)
        .join(" "),
      ...(typeof password === "string" ? { PGPASSWORD: password } : {}),
      ...(ssl === undefined || ssl === false ? {} : { PGSSLMODE: "require" }),
    };
  }

  /** The connection string of a database, for programs that want one in their environment. */
  uri(database: string): string {
    const { host, port, user, password } = this.#config;
    const secret = typeof password === "string" && password !== "" ? `:${encodeURIComponent(password)}` : "";
    return `postgresql://${encodeURIComponent(user ?? "")}${secret}@${host ?? "localhost"}:${String(port ?? 5432)}/${encodeURIComponent(database)}`;
  }
}

function configOf(uri: string): ClientConfig {
  const url = new URL(uri);
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new Error("not PostgreSQL's");
  const host = url.searchParams.get("host") ?? (url.hostname === "" ? "localhost" : url.hostname);
  const mode = url.searchParams.get("sslmode");
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port === "" ? 5432 : url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : "postgres",
    ...(mode === null || mode === "disable" || mode === "prefer" || mode === "allow"
      ? {}
      : { ssl: { rejectUnauthorized: mode !== "require" } }),
  };
}

/** Rows of one statement. */
export async function rows<Row extends QueryResultRow>(
  client: Client,
  statement: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return (await client.query<Row>(statement, [...values])).rows;
}

/** The first row of one statement. */
export async function row<Row extends QueryResultRow>(
  client: Client,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row | undefined> {
  return (await rows<Row>(client, statement, values))[0];
}

/** Whether the server answered with one of these codes. */
export function hasState(error: unknown, ...states: readonly string[]): boolean {
  return error instanceof DatabaseError && error.code !== undefined && states.includes(error.code);
}

/** Answers of the server that decide what happens next. */
export const state = {
  readOnly: "25006",
  notAllowed: "42501",
  tooManyConnections: "53300",
  notConnectable: "55000",
  inUse: "55006",
  lockNotAvailable: "55P03",
  noSuchDatabase: "3D000",
  duplicateDatabase: "42P04",
  duplicateKey: "23505",
  adminShutdown: "57P01",
  crashShutdown: "57P02",
  cannotConnectNow: "57P03",
} as const;

/** What the operating system and the client say of a connection that is gone. */
const cut =
  /^E(?:CONN|PIPE|NET|HOST|TIMEDOUT|AI_)|Connection terminated|connection error|timeout|not queryable|Client was closed/;

/** Whether the connection is at fault, as opposed to the statement. */
export function isCut(error: unknown): boolean {
  if (error instanceof DatabaseError)
    return hasState(error, state.adminShutdown, state.crashShutdown, state.cannotConnectNow);
  if (!(error instanceof Error)) return false;
  return cut.test((error as NodeJS.ErrnoException).code ?? "") || cut.test(error.message);
}
