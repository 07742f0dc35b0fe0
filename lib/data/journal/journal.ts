import type { ReleaseRecordData } from "../protocol";
import { checkChain, type Entry, following, type Saying } from "./entry";
import type { Ledger } from "./ledger";

/** Another writer got in between; who appends must look at what it wrote and decide again. */
export class JournalMoved extends Error {
  override readonly name = "JournalMoved";
}

/** The append-only journal in the database: the only truth about what a release did. */
export class Journal {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: () => Promise<Date>,
  ) {}

  /** The newest entry. */
  head(): Promise<Entry | undefined> {
    return this.ledger.entries.newest();
  }

  /** Entries from `number` on, their chain checked. @throws Refusal when an entry was tampered with. */
  async since(number: number): Promise<readonly Entry[]> {
    const entries = await this.ledger.entries.from(number);
    checkChain(entries, this.ledger.place);
    return entries;
  }

  /** Every entry from the opening of the newest record on. */
  async newestRecord(): Promise<readonly Entry[]> {
    const opened = await this.ledger.entries.newest("opened");
    return opened ? this.since(opened.number) : [];
  }

  /** The `opened` entries, newest first. */
  openings(): Promise<readonly Entry[]> {
    return this.ledger.entries.ofKind("opened");
  }

  /** The `closed` entries, newest first. */
  closings(): Promise<readonly Entry[]> {
    return this.ledger.entries.ofKind("closed");
  }

  /** Every record that was closed, oldest first. @throws Refusal when any entry of the journal was tampered with. */
  async records(): Promise<readonly ReleaseRecordData[]> {
    const closed = (await this.since(1)).filter(({ kind }) => kind === "closed");
    return closed.map(({ detail }) => detail as unknown as ReleaseRecordData);
  }

  /** Every entry of one record, oldest first; entries of others that came in between are left out. */
  ofRecord(record: string): Promise<readonly Entry[]> {
    return this.ledger.entries.ofRecord(record);
  }

  /**
   * Appends one entry right after `last`. The number is the key, so that of two writers exactly one gets through.
   * @throws JournalMoved when somebody else has written after `last`.
   */
  async append(last: Entry | undefined, saying: Saying): Promise<Entry> {
    const entry = following(last, saying, (await this.clock()).toISOString());
    if (await this.ledger.entries.insert(entry)) return entry;
    throw new JournalMoved(`entry ${entry.number} was written by another`);
  }
}
