import type { Client } from "pg";
import type { Json } from "../../content-hash";
import type { Entry, EntryKind } from "../journal/entry";
import type { EntryTable, Ledger, LockCell, LockClaim, LockState, SmallDocuments } from "../journal/ledger";
import type { Owner } from "../journal/owner";
import type { JournalSession } from "./journal-session";
import { hasState, rows, state } from "./server";

/** The bookkeeping in a small database of our own: it must outlive every rename of the others. */
export class PostgresLedger implements Ledger {
  readonly entries: EntryTable;
  readonly lock: LockCell;
  readonly documents: SmallDocuments;

  constructor(
    readonly place: string,
    session: JournalSession,
  ) {
    this.entries = new Entries(session);
    this.lock = new LockRow(session);
    this.documents = new Documents(session);
  }
}

interface EntryRow {
  readonly number: string;
  readonly entry: Omit<Entry, "number">;
}

class Entries implements EntryTable {
  constructor(private readonly session: JournalSession) {}

  async newest(kind?: EntryKind): Promise<Entry | undefined> {
    const found = await this.#select(
      "WHERE $1::text IS NULL OR kind = $1 ORDER BY number DESC LIMIT 1",
      kind ?? null,
    );
    return found[0];
  }

  from(number: number): Promise<readonly Entry[]> {
    return this.#select("WHERE number >= $1 ORDER BY number", number);
  }

  ofKind(kind: EntryKind): Promise<readonly Entry[]> {
    return this.#select("WHERE kind = $1 ORDER BY number DESC", kind);
  }

  ofRecord(record: string): Promise<readonly Entry[]> {
    return this.#select("WHERE record = $1 ORDER BY number", record);
  }

  async insert({ number, ...entry }: Entry): Promise<boolean> {
    try {
      await this.session.write((client) =>
        client.query("INSERT INTO journal (number, kind, record, entry) VALUES ($1, $2, $3, $4)", [
          number,
          entry.kind,
          entry.record,
          JSON.stringify(entry),
        ]),
      );
      return true;
    } catch (error) {
      if (!hasState(error, state.duplicateKey)) throw error;
      // A connection that was cut after the server had done it: then the entry there is this very one.
      const [there] = await this.#select("WHERE number = $1", number);
      return there?.checksum === entry.checksum;
    }
  }

  async #select(where: string, value: unknown): Promise<readonly Entry[]> {
    const found = await this.session.read((client) =>
      rows<EntryRow>(client, `SELECT number, entry FROM journal ${where}`, [value]),
    );
    return (found ?? []).map(({ number, entry }) => ({ number: Number(number), ...entry }));
  }
}

interface LockRowText {
  readonly token: string;
  readonly owner: Owner | null;
  readonly expires: Date;
}

class LockRow implements LockCell {
  constructor(private readonly session: JournalSession) {}

  async read(): Promise<LockState | undefined> {
    const found = await this.session.read((client) =>
      rows<LockRowText>(client, "SELECT token, owner, expires FROM lock"),
    );
    const [held] = found ?? [];
    if (!held) return undefined;
    const lock = { token: Number(held.token), expires: held.expires };
    return held.owner ? { ...lock, owner: held.owner } : lock;
  }

  async take({ owner, expires, now, latest, dead }: LockClaim): Promise<number | undefined> {
    const taken = await this.session.write((client) =>
      rows<{ token: string }>(
        client,
        `INSERT INTO lock AS held (single, token, owner, expires) VALUES (true, 1, $1, $2)
         ON CONFLICT (single) DO UPDATE SET token = held.token + 1, owner = $1, expires = $2
         WHERE held.owner IS NULL OR held.expires < $3 OR held.expires > $4 OR held.token = $5
         RETURNING held.token`,
        [JSON.stringify(owner), expires, now, latest, dead ?? null],
      ),
    );
    return taken[0] && Number(taken[0].token);
  }

  async renew(token: number, expires: Date): Promise<boolean> {
    return this.#update(
      "UPDATE lock SET expires = $2 WHERE token = $1 AND owner IS NOT NULL",
      token,
      expires,
    );
  }

  async free(token: number): Promise<void> {
    await this.#update("UPDATE lock SET owner = NULL, expires = $2 WHERE token = $1", token, new Date(0));
  }

  async #update(statement: string, token: number, expires: Date): Promise<boolean> {
    const { rowCount } = await this.session.write((client) => client.query(statement, [token, expires]));
    return rowCount === 1;
  }
}

class Documents implements SmallDocuments {
  constructor(private readonly session: JournalSession) {}

  async read(id: string): Promise<Json | undefined> {
    const found = await this.session.read((client) =>
      rows<{ document: Json }>(client, "SELECT document FROM documents WHERE id = $1", [id]),
    );
    return found?.[0]?.document;
  }

  async write(id: string, document: Json | undefined): Promise<void> {
    await this.session.write((client) =>
      document === undefined
        ? client.query("DELETE FROM documents WHERE id = $1", [id])
        : client.query("INSERT INTO documents VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET document = $2", [
            id,
            JSON.stringify(document),
          ]),
    );
  }
}

/** The tables, made where they are not there yet; whoever is second finds them. */
export async function createTables(client: Client): Promise<void> {
  await client.query(`
    CREATE TABLE IF NOT EXISTS journal (number bigint PRIMARY KEY, kind text NOT NULL, record text NOT NULL, entry json NOT NULL);
    CREATE TABLE IF NOT EXISTS lock (single boolean PRIMARY KEY CHECK (single), token bigint NOT NULL, owner json, expires timestamptz NOT NULL);
    CREATE TABLE IF NOT EXISTS documents (id text PRIMARY KEY, document json NOT NULL);`);
}
