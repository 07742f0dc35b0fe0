import type { Collection, Db, Document, Filter } from "mongodb";
import type { Json } from "../../content-hash";
import type { Entry, EntryKind } from "../journal/entry";
import type { EntryTable, Ledger, LockCell, LockClaim, LockState, SmallDocuments } from "../journal/ledger";
import type { Owner } from "../journal/owner";
import { journalCollection, stateCollection } from "../names";
import { code, hasCode } from "./store";

/** The bookkeeping in two collections of the release's own database. */
export class MongoLedger implements Ledger {
  readonly place: string;
  readonly entries: EntryTable;
  readonly lock: LockCell;
  readonly documents: SmallDocuments;

  constructor(db: Db) {
    this.place = `${db.databaseName}.${journalCollection}`;
    this.entries = new JournalCollection(db.collection<EntryDocument>(journalCollection));
    const states = db.collection<StateDocument>(stateCollection);
    this.lock = new LockDocument(states);
    this.documents = new StateDocuments(states);
  }
}

type EntryDocument = Document & { _id: number };
type StateDocument = Document & { _id: string };

class JournalCollection implements EntryTable {
  constructor(private readonly collection: Collection<EntryDocument>) {}

  async newest(kind?: EntryKind): Promise<Entry | undefined> {
    const [found] = await this.#find(kind === undefined ? {} : { kind }, -1, 1);
    return found;
  }

  from(number: number): Promise<readonly Entry[]> {
    return this.#find({ _id: { $gte: number } }, 1);
  }

  ofKind(kind: EntryKind): Promise<readonly Entry[]> {
    return this.#find({ kind }, -1);
  }

  ofRecord(record: string): Promise<readonly Entry[]> {
    return this.#find({ record }, 1);
  }

  async insert({ number, ...rest }: Entry): Promise<boolean> {
    try {
      await this.collection.insertOne({ _id: number, ...rest });
      return true;
    } catch (error) {
      if (hasCode(error, code.duplicateKey)) return false;
      throw error;
    }
  }

  async #find(filter: Filter<EntryDocument>, order: 1 | -1, limit = 0): Promise<readonly Entry[]> {
    const found = await this.collection.find(filter).sort({ _id: order }).limit(limit).toArray();
    return found.map(toEntry);
  }
}

function toEntry(found: EntryDocument): Entry {
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

const lockId = "lock";

class LockDocument implements LockCell {
  constructor(private readonly states: Collection<StateDocument>) {}

  async read(): Promise<LockState | undefined> {
    const found = await this.states.findOne({ _id: lockId });
    if (!found) return undefined;
    const state = { token: Number(found["token"]), expires: new Date(found["expires"] as Date) };
    return found["owner"] ? { ...state, owner: found["owner"] as Owner } : state;
  }

  async take({ owner, expires, now, latest, dead }: LockClaim): Promise<number | undefined> {
    const mayBeTaken = [
      { owner: null },
      { expires: { $lt: now } },
      { expires: { $gt: latest } },
      ...(dead === undefined ? [] : [{ token: dead }]),
    ];
    try {
      const taken = await this.states.findOneAndUpdate(
        { _id: lockId, $or: mayBeTaken },
        { $set: { owner, expires }, $inc: { token: 1 } },
        { upsert: true, returnDocument: "after" },
      );
      return Number(taken?.["token"]);
    } catch (error) {
      if (hasCode(error, code.duplicateKey)) return undefined;
      throw error;
    }
  }

  async renew(token: number, expires: Date): Promise<boolean> {
    const { matchedCount } = await this.states.updateOne({ _id: lockId, token }, { $set: { expires } });
    return matchedCount === 1;
  }

  async free(token: number): Promise<void> {
    await this.states.updateOne({ _id: lockId, token }, { $set: { owner: null, expires: new Date(0) } });
  }
}

class StateDocuments implements SmallDocuments {
  constructor(private readonly states: Collection<StateDocument>) {}

  async read(id: string): Promise<Json | undefined> {
    const found = await this.states.findOne({ _id: id }, { projection: { _id: 0 } });
    return found ?? undefined;
  }

  async write(id: string, document: Json | undefined): Promise<void> {
    if (document === undefined) await this.states.deleteOne({ _id: id });
    else await this.states.replaceOne({ _id: id }, { ...(document as object) }, { upsert: true });
  }
}
