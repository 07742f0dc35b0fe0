import type { Client } from "pg";
import type { Json } from "../../content-hash";
import type { Fence, Probe } from "../fence/fence";
import { type Problem, Refusal } from "../../problem";
import { endSessions } from "./database";
import { name } from "./quoting";
import { type PostgresServer, rows } from "./server";

/** What one database had before writes were closed. */
interface Saved {
  readonly database: string;
  /** The database's own `default_transaction_read_only`; null where it sets none. */
  readonly readOnly: string | null;
  readonly connectionLimit: number;
}

/** A way to close writes that is a property of each database. */
abstract class DatabaseFence implements Fence {
  abstract readonly how: "readOnly" | "connections";

  constructor(
    protected readonly server: PostgresServer,
    protected readonly databases: readonly string[],
  ) {}

  async probe(): Promise<Probe> {
    return this.server.with(this.server.database, async (client) => {
      const saved = await this.#now(client);
      const reason = await this.reasonAgainst(client, saved);
      return reason === undefined
        ? { works: true, saved: saved as unknown as Json }
        : { works: false, reason };
    });
  }

  async close(saved: Json): Promise<void> {
    await this.#change(saved as unknown as readonly Saved[], "close");
  }

  async open(saved: Json): Promise<void> {
    await this.#change(saved as unknown as readonly Saved[], "open");
  }

  protected abstract reasonAgainst(client: Client, saved: readonly Saved[]): Promise<string | undefined>;
  /** What closes or opens one database. */
  protected abstract statement(saved: Saved, direction: "close" | "open"): string;
  /** Whether a database is as it was saved, as we close it, or neither. */
  protected abstract isKnown(now: Saved, saved: Saved): boolean;

  /** All databases are looked at before the first is touched: what somebody else has set meanwhile is not overwritten (fault group 19). */
  async #change(saved: readonly Saved[], direction: "close" | "open"): Promise<void> {
    await this.server.with(this.server.database, async (client) => {
      const now = new Map((await this.#now(client)).map((one) => [one.database, one]));
      const problems = saved.flatMap((one): readonly Problem[] => {
        const found = now.get(one.database);
        return found && this.isKnown(found, one) ? [] : [changed(one.database, found)];
      });
      if (problems.length > 0) throw new Refusal("closing writes", problems);
      await client.query("BEGIN");
      for (const one of saved) await client.query(this.statement(one, direction));
      await client.query("COMMIT");
      // A session keeps what it began with: whoever is connected must come again.
      for (const { database } of saved) await endSessions(client, database);
    });
  }

  async #now(client: Client): Promise<readonly Saved[]> {
    return rows<Saved>(
      client,
      `SELECT datname AS database, datconnlimit AS "connectionLimit",
         (SELECT split_part(setting, '=', 2) FROM pg_db_role_setting, unnest(setconfig) setting
          WHERE setdatabase = d.oid AND setrole = 0 AND setting LIKE 'default_transaction_read_only=%') AS "readOnly"
       FROM pg_database d WHERE datname = ANY ($1) ORDER BY 1`,
      [this.databases],
    );
  }
}

/** `default_transaction_read_only`: ordinary sessions may only read. A role that sets it for itself is found by the probe. */
export class ReadOnlyFence extends DatabaseFence {
  readonly how = "readOnly";

  protected async reasonAgainst(client: Client, saved: readonly Saved[]): Promise<string | undefined> {
    const closed = saved.find(({ readOnly }) => readOnly !== null && readOnly !== "off");
    if (closed) return `somebody else has set default_transaction_read_only on ${closed.database} already`;
    const found = await rows<{ role: string }>(
      client,
      `SELECT DISTINCT pg_get_userbyid(setrole) AS role FROM pg_db_role_setting, unnest(setconfig) setting
       WHERE setrole <> 0 AND setting LIKE 'default_transaction_read_only=%'
         AND (setdatabase = 0 OR setdatabase IN (SELECT oid FROM pg_database WHERE datname = ANY ($1)))`,
      [this.databases],
    );
    const roles = found.map(({ role }) => role);
    return roles.length === 0
      ? undefined
      : `roles that set default_transaction_read_only for themselves: ${roles.join(", ")}`;
  }

  protected statement({ database, readOnly }: Saved, direction: "close" | "open"): string {
    const on = `ALTER DATABASE ${name(database)}`;
    if (direction === "close") return `${on} SET default_transaction_read_only = on`;
    return readOnly === null
      ? `${on} RESET default_transaction_read_only`
      : `${on} SET default_transaction_read_only = ${name(readOnly)}`;
  }

  protected isKnown(now: Saved, saved: Saved): boolean {
    return now.readOnly === "on" || now.readOnly === saved.readOnly;
  }
}

/** `CONNECTION LIMIT 0`: nobody but superusers may connect, so that readers are cut off as well. */
export class ConnectionsFence extends DatabaseFence {
  readonly how = "connections";

  protected async reasonAgainst(client: Client, saved: readonly Saved[]): Promise<string | undefined> {
    const closed = saved.find(({ connectionLimit }) => connectionLimit === 0);
    if (closed) return `somebody else has set the connection limit of ${closed.database} to 0 already`;
    const [us] = await rows<{ super: boolean }>(
      client,
      "SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user",
    );
    return us?.super === true ? undefined : "a release user who is no superuser would lock itself out";
  }

  protected statement({ database, connectionLimit }: Saved, direction: "close" | "open"): string {
    return `ALTER DATABASE ${name(database)} CONNECTION LIMIT ${direction === "close" ? 0 : connectionLimit}`;
  }

  protected isKnown(now: Saved, saved: Saved): boolean {
    return now.connectionLimit === 0 || now.connectionLimit === saved.connectionLimit;
  }
}

function changed(database: string, now: Saved | undefined): Problem {
  return {
    where: database,
    found: now
      ? `read only: ${now.readOnly ?? "not set"}; connection limit: ${now.connectionLimit}`
      : "no such database",
    allowed: "what the release saved or set: somebody changed it meanwhile",
    mend: 'set it to what it shall be, then: slipway data resume ("Writes are in doubt" in docs/data-bad-night.md)',
  };
}
