import type { Json } from "../../content-hash";
import type { Entry, EntryKind } from "./entry";
import { type Journal, JournalMoved } from "./journal";
import { type Lock, LockLost } from "./lock";

/** Called at each instant at which a process may die: tests kill it there (fault group 1). */
export type Boundary = (name: string) => void | Promise<void>;

/**
 * One record of the journal in the hands of the lock's holder. Everything that changes anything outside this process goes
 * through `step`, so that the journal always knows what was begun and what is done.
 */
export class RecordLog {
  #entries: Entry[];
  #last: Entry | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly lock: Lock,
    readonly record: string,
    private readonly boundary: Boundary,
    last: Entry | undefined,
    entries: readonly Entry[],
  ) {
    this.#last = last;
    this.#entries = [...entries];
  }

  /** What the journal says about this record, others' entries included. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Whether the owner before us fell silent without being known to be dead. */
  get afterSilence(): boolean {
    return this.lock.afterSilence;
  }

  /** Fencing token of the lock that this log writes under. */
  get token(): number {
    return this.lock.token;
  }

  /**
   * Carries out one effect: its intent is on record before it begins, and that it is done afterwards. The effect must be
   * idempotent: whoever finds the intent without the end may carry it out again.
   * @throws LockLost before the effect, when another process went on with the release.
   */
  async step<Result>(
    name: string,
    intent: Json,
    effect: () => Promise<Result>,
    done?: (result: Result) => Json,
  ): Promise<Result> {
    await this.append("intent", name, intent);
    await this.boundary(`before ${name}`);
    this.lock.assertHeld();
    const result = await effect();
    await this.boundary(`after ${name}`);
    await this.append("done", name, done ? done(result) : {});
    return result;
  }

  /** Appends one entry, after whatever others have written meanwhile. */
  async append(kind: EntryKind, step: string, detail: Json): Promise<void> {
    for (;;) {
      this.lock.assertHeld();
      try {
        const said = { kind, record: this.record, token: this.lock.token, step, detail };
        this.#take([await this.journal.append(this.#last, said)]);
        if (kind !== "intent" && kind !== "done") await this.boundary(`${kind} ${step}`);
        return;
      } catch (error) {
        if (!(error instanceof JournalMoved)) throw error;
        await this.catchUp();
      }
    }
  }

  /**
   * Reads what others wrote: a confirmation, an order to take back.
   * @throws LockLost when one of them has a higher token.
   */
  async catchUp(): Promise<void> {
    const news = await this.journal.since((this.#last?.number ?? 0) + 1);
    this.#take(news);
    if (news.some(({ token, kind }) => token > this.lock.token && kind !== "decided"))
      throw new LockLost(this.lock.token);
  }

  #take(entries: readonly Entry[]): void {
    this.#entries.push(...entries.filter(({ record }) => record === this.record));
    this.#last = entries.at(-1) ?? this.#last;
  }
}
