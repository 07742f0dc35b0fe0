import type { Collection, Db, Document } from "mongodb";
import { Refusal } from "../../problem";
import { stateCollection } from "../names";
import { code, hasCode } from "../store/store";
import { type Owner, ownerIs } from "./owner";

/** The lock was taken by another: whoever held it must stop at once and touch nothing. */
export class LockLost extends Error {
  override readonly name = "LockLost";

  constructor(token: number) {
    super(
      `the lock with token ${token} is no longer ours: another process went on with the release. ` +
        "This one stops and changes nothing. See: slipway data status",
    );
  }
}

/** What the lock document says. */
export interface LockState {
  readonly token: number;
  readonly owner?: Owner;
  readonly expires: Date;
}

/** Seconds that an owner may be silent before another machine may go on. */
export const defaultLease = 20;

/** Nobody sets an expiry that far ahead, in milliseconds: who set it died before the clock was put back (fault group 14). */
const farAhead = 10 * defaultLease * 1000;

const lockId = "lock";
interface LockDocument extends Document {
  readonly _id: string;
}

/** The one lock of a database: owner, expiry by the server's clock, heartbeat, and a fencing token that only rises. */
export class Lock {
  #heldUntil: number;
  #lost = false;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly states: Collection<LockDocument>,
    private readonly clock: () => Promise<Date>,
    /** Part of every staging name of this owner, so that a later owner's names are others. */
    readonly token: number,
    private readonly leaseMs: number,
    asked: number,
    /** The owner before us fell silent, and may yet wake up and send one last command. */
    readonly afterSilence: boolean,
  ) {
    this.#heldUntil = asked + leaseMs;
    this.#heartbeat = setInterval(() => void this.#renew(), leaseMs / 4);
    this.#heartbeat.unref();
  }

  /** @throws Refusal that says who holds it and until when. */
  static async acquire(
    db: Db,
    clock: () => Promise<Date>,
    owner: Owner,
    lease = defaultLease,
  ): Promise<Lock> {
    const states = db.collection<LockDocument>(stateCollection);
    const asked = performance.now();
    const now = await clock();
    const held = await readLock(db);
    const dead = held?.owner && ownerIs(held.owner) === "dead" ? [{ token: held.token }] : [];
    try {
      const taken = await states.findOneAndUpdate(
        { _id: lockId, $or: [{ owner: null }, ...outOfDate(now), ...dead] },
        { $set: { owner, expires: new Date(now.getTime() + lease * 1000) }, $inc: { token: 1 } },
        { upsert: true, returnDocument: "after" },
      );
      const silent = held?.owner !== undefined && dead.length === 0;
      return new Lock(states, clock, Number(taken?.["token"]), lease * 1000, asked, silent);
    } catch (error) {
      if (hasCode(error, code.duplicateKey)) throw await heldByAnother(db);
      throw error;
    }
  }

  /** @throws LockLost when the lease ran out or another took it. */
  assertHeld(): void {
    if (this.#lost || performance.now() > this.#heldUntil) throw new LockLost(this.token);
  }

  /** Gives the lock back; nothing happens when it is another's by now. */
  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.states.updateOne(
      { _id: lockId, token: this.token },
      { $set: { owner: null, expires: new Date(0) } },
    );
    this.#lost = true;
  }

  /** Ends the heartbeat without giving the lock back, when another has it. */
  forget(): void {
    clearInterval(this.#heartbeat);
    this.#lost = true;
  }

  async #renew(): Promise<void> {
    const asked = performance.now();
    try {
      const expires = new Date((await this.clock()).getTime() + this.leaseMs);
      const { matchedCount } = await this.states.updateOne(
        { _id: lockId, token: this.token },
        { $set: { expires } },
      );
      if (matchedCount === 1) this.#heldUntil = Math.max(this.#heldUntil, asked + this.leaseMs);
      else this.#lost = true;
    } catch {
      // The server doesn't answer just now: the lease goes on running, and `assertHeld` ends it.
    }
  }
}

/** The lock as it stands, or undefined before the first release. */
export async function readLock(db: Db): Promise<LockState | undefined> {
  const found = await db.collection<LockDocument>(stateCollection).findOne({ _id: lockId });
  if (!found) return undefined;
  const state = { token: Number(found["token"]), expires: new Date(found["expires"] as Date) };
  return found["owner"] ? { ...state, owner: found["owner"] as Owner } : state;
}

/** Whether somebody works under the lock, as far as can be known from here. */
export function isAlive(lock: LockState | undefined, now: Date): boolean {
  const inDate = lock && lock.expires > now && lock.expires.getTime() <= now.getTime() + farAhead;
  return lock?.owner !== undefined && inDate === true && ownerIs(lock.owner) !== "dead";
}

function outOfDate(now: Date): readonly Document[] {
  return [{ expires: { $lt: now } }, { expires: { $gt: new Date(now.getTime() + farAhead) } }];
}

async function heldByAnother(db: Db): Promise<Refusal> {
  const held = await readLock(db);
  const owner = held?.owner;
  return new Refusal("lock", [
    {
      where: `${db.databaseName}.${stateCollection}`,
      found: owner
        ? `release ${owner.release} of ${owner.operator} at work (process ${owner.pid} on ${owner.machine.split(" ")[0] ?? ""}), until ${held.expires.toISOString()} at least`
        : "another release at work",
      allowed: "one release at a time",
      mend: "wait for it, or look with: slipway data status",
    },
  ]);
}
