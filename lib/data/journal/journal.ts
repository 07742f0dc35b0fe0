import type { Collection, Db, Document } from "mongodb";
import type { Json } from "../../content-hash";
import { journalCollection } from "../names";
import type { ReleaseRecordData } from "../protocol";
import { code, hasCode } from "../store/store";
import { checkChain, type Entry, following, type Saying } from "./entry";

/** Another writer got in between; who appends must look at what it wrote and decide again. */
export class JournalMoved extends Error {
  override readonly name = "JournalMoved";
}

/** The append-only journal in the database: the only truth about what a release did. */
export class Journal {
  readonly #collection: Collection<Document & { _id: number }>;

  constructor(
    db: Db,
    private readonly clock: () => Promise<Date>,
  ) {
    this.#collection = db.collection<Document & { _id: number }>(journalCollection);
  }

  /** The newest entry. */
  async head(): Promise<Entry | undefined> {
    const [found] = await this.#collection.find().sort({ _id: -1 }).limit(1).toArray();
    return found && toEntry(found);
  }

  /** Entries from `number` on, their chain checked. @throws Refusal when an entry was tampered with. */
  async since(number: number): Promise<readonly Entry[]> {
    const found = await this.#collection
      .find({ _id: { $gte: number } })
      .sort({ _id: 1 })
      .toArray();
    const entries = found.map(toEntry);
    checkChain(entries, this.#collection.namespace);
    return entries;
  }

  /** Every entry from the opening of the newest record on. */
  async newestRecord(): Promise<readonly Entry[]> {
    const [opened] = await this.#collection.find({ kind: "opened" }).sort({ _id: -1 }).limit(1).toArray();
    return opened ? this.since(opened._id) : [];
  }

  /** The `opened` entries, newest first. */
  async openings(): Promise<readonly Entry[]> {
    return (await this.#collection.find({ kind: "opened" }).sort({ _id: -1 }).toArray()).map(toEntry);
  }

  /** The `closed` entries, newest first. */
  async closings(): Promise<readonly Entry[]> {
    return (await this.#collection.find({ kind: "closed" }).sort({ _id: -1 }).toArray()).map(toEntry);
  }

  /** Every record that was closed, oldest first. @throws Refusal when any entry of the journal was tampered with. */
  async records(): Promise<readonly ReleaseRecordData[]> {
    const closed = (await this.since(1)).filter(({ kind }) => kind === "closed");
    return closed.map(({ detail }) => detail as unknown as ReleaseRecordData);
  }

  /** Every entry of one record, oldest first; entries of others that came in between are left out. */
  async ofRecord(record: string): Promise<readonly Entry[]> {
    return (await this.#collection.find({ record }).sort({ _id: 1 }).toArray()).map(toEntry);
  }

  /**
   * Appends one entry right after `last`. The number is the key, so that of two writers exactly one gets through.
   * @throws JournalMoved when somebody else has written after `last`.
   */
  async append(last: Entry | undefined, saying: Saying): Promise<Entry> {
    const entry = following(last, saying, (await this.clock()).toISOString());
    const { number, ...rest } = entry;
    try {
      await this.#collection.insertOne({ _id: number, ...rest });
      return entry;
    } catch (error) {
      if (hasCode(error, code.duplicateKey)) throw new JournalMoved(`entry ${number} was written by another`);
      throw error;
    }
  }
}

function toEntry(found: Document & { _id: number }): Entry {
  const text = (key: string): string => String(found[key]);
  return {
    number: found._id,
    at: text("at"),
    kind: text("kind") as Entry["kind"],
    record: text("record"),
    token: Number(found["token"]),
    step: text("step"),
    detail: (found["detail"] ?? null) as Json,
    previous: text("previous"),
    checksum: text("checksum"),
  };
}
