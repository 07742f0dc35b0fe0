import { Refusal } from "../../problem";
import type { Ledger, LockState } from "./ledger";
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

/** Seconds that an owner may be silent before another machine may go on. */
export const defaultLease = 20;

/** Nobody sets an expiry that far ahead, in milliseconds: who set it died before the clock was put back (fault group 14). */
const farAhead = 10 * defaultLease * 1000;

/** The one lock of a database: owner, expiry by the server's clock, heartbeat, and a fencing token that only rises. */
export class Lock {
  #heldUntil: number;
  #lost = false;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly ledger: Ledger,
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
    ledger: Ledger,
    clock: () => Promise<Date>,
    owner: Owner,
    lease = defaultLease,
  ): Promise<Lock> {
    const asked = performance.now();
    const now = await clock();
    const held = await ledger.lock.read();
    const isDead = held?.owner !== undefined && ownerIs(held.owner) === "dead";
    const token = await ledger.lock.take({
      owner,
      expires: new Date(now.getTime() + lease * 1000),
      now,
      latest: new Date(now.getTime() + farAhead),
      ...(isDead ? { dead: held.token } : {}),
    });
    if (token === undefined) throw await heldByAnother(ledger);
    const silent = held?.owner !== undefined && !isDead;
    return new Lock(ledger, clock, token, lease * 1000, asked, silent);
  }

  /** @throws LockLost when the lease ran out or another took it. */
  assertHeld(): void {
    if (this.#lost || performance.now() > this.#heldUntil) throw new LockLost(this.token);
  }

  /** Gives the lock back; nothing happens when it is another's by now. */
  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.ledger.lock.free(this.token);
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
      if (await this.ledger.lock.renew(this.token, expires))
        this.#heldUntil = Math.max(this.#heldUntil, asked + this.leaseMs);
      else this.#lost = true;
    } catch {
      // The server doesn't answer just now: the lease goes on running, and `assertHeld` ends it.
    }
  }
}

/** Whether somebody works under the lock, as far as can be known from here. */
export function isAlive(lock: LockState | undefined, now: Date): boolean {
  const inDate = lock && lock.expires > now && lock.expires.getTime() <= now.getTime() + farAhead;
  return lock?.owner !== undefined && inDate === true && ownerIs(lock.owner) !== "dead";
}

async function heldByAnother({ lock, place }: Ledger): Promise<Refusal> {
  const held = await lock.read();
  const owner = held?.owner;
  return new Refusal("lock", [
    {
      where: place,
      found: owner
        ? `release ${owner.release} of ${owner.operator} at work (process ${owner.pid} on ${owner.machine.split(" ")[0] ?? ""}), until ${held.expires.toISOString()} at least`
        : "another release at work",
      allowed: "one release at a time",
      mend: "wait for it, or look with: slipway data status",
    },
  ]);
}
