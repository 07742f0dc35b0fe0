import type { Json } from "../../content-hash";
import type { Entry, EntryKind } from "./entry";
import type { Owner } from "./owner";

/** Where a release's bookkeeping lies: in the database itself, so that every machine that can release finds it. */
export interface Ledger {
  /** Named in refusals. Example: `nmdc._slipway_journal`. */
  readonly place: string;
  readonly entries: EntryTable;
  readonly lock: LockCell;
  readonly documents: SmallDocuments;
}

/** The journal's entries, by number. */
export interface EntryTable {
  /** The newest, or the newest of a kind. */
  newest(kind?: EntryKind): Promise<Entry | undefined>;
  /** From a number on, oldest first. */
  from(number: number): Promise<readonly Entry[]>;
  /** All of a kind, newest first. */
  ofKind(kind: EntryKind): Promise<readonly Entry[]>;
  /** All of one record, oldest first. */
  ofRecord(record: string): Promise<readonly Entry[]>;
  /** Of two that insert one number exactly one gets through. @returns whether this one did. */
  insert(entry: Entry): Promise<boolean>;
}

/** What the lock document says. */
export interface LockState {
  readonly token: number;
  readonly owner?: Owner;
  readonly expires: Date;
}

/** Who wants the lock, and when it may be taken from somebody else. */
export interface LockClaim {
  readonly owner: Owner;
  readonly expires: Date;
  /** Held until earlier than this: it ran out. */
  readonly now: Date;
  /** Held until later than this: a clock was put back, and it would never run out. */
  readonly latest: Date;
  /** The token of an owner that is known to be dead. */
  readonly dead?: number;
}

/** The one lock; each of these is one atomic command. */
export interface LockCell {
  read(): Promise<LockState | undefined>;
  /** Takes it and raises its token. @returns the token, or undefined where it is another's. */
  take(claim: LockClaim): Promise<number | undefined>;
  /** @returns whether it is still held under this token. */
  renew(token: number, expires: Date): Promise<boolean>;
  /** Gives it back where it is held under this token. */
  free(token: number): Promise<void>;
}

/** A few small documents by name: what schema holds, whose maintenance is on. */
export interface SmallDocuments {
  read(id: string): Promise<Json | undefined>;
  /** `undefined` takes it away. Idempotent. */
  write(id: string, document: Json | undefined): Promise<void>;
}
