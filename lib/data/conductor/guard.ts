import { LockLost } from "../journal/lock";
import { RecordState } from "../journal/record-state";
import { readSchemaState } from "../journal/schema-state";
import { Refusal } from "../../problem";
import { goOn } from "./conclude";
import type { Context } from "./context";
import { endWatch, signEvery, signWatch } from "./guardian-sign";
import { ownerAlive } from "./record";

/** How often a guardian looks, in milliseconds. */
const lookEvery = 1000;
/** The longest pause after a try that failed, in milliseconds. */
const longestPause = 60_000;

/**
 * The guardian of one attempt at a release (rules N15, N16): it outlives whoever releases, and goes on with the record when its owner is
 * dead past its lease and nobody else has. While an owner lives it only looks; the lock and its token decide between it and an
 * operator. Ends when the release is over, or stands already. To run two is to run one.
 */
export async function guard(context: Context): Promise<void> {
  const watch = new Watch(context);
  for (let failures = 0; context.signs.reason === undefined;) {
    try {
      if (await watch.look()) break;
      failures = 0;
    } catch (error) {
      watch.failed(error);
      failures += 1;
    }
    await context.signs.wait(Math.min(lookEvery * 2 ** failures, longestPause));
  }
  await endWatch(context);
}

class Watch {
  /** The record that was seen open. */
  #guarded: string | undefined;
  #signed = -Infinity;
  #said = "";

  constructor(private readonly context: Context) {}

  /** Looks once, and acts where it must. @returns whether there is nothing left to guard. */
  async look(): Promise<boolean> {
    await this.#sign();
    const newest = RecordState.from(await this.context.journal.newestRecord());
    const { spec } = this.context;
    const ours = newest?.opened.hash === spec.hash;
    if (!newest || newest.closed || !ours) return this.#isOver(newest, ours);
    this.#guarded = newest.id;
    if (await ownerAlive(this.context)) return false;
    await goOn(this.context, newest, "its owner died; the guardian in the cluster acts");
    return true;
  }

  /** Says what keeps it from acting, each thing once; it will try again. @throws nothing: a guardian that ends guards nothing. */
  failed(error: unknown): void {
    const { store, reporter } = this.context;
    const isOthers = error instanceof LockLost || (error instanceof Refusal && error.subject === "lock");
    const says = store.isUnreachable(error)
      ? "the database does not answer; trying again"
      : error instanceof Error
        ? error.message
        : String(error);
    if (!isOthers && says !== this.#said) reporter.warn(says);
    this.#said = says;
  }

  /** Of what is not open or not ours, only that is waited for which has not begun yet. */
  async #isOver(newest: RecordState | undefined, ours: boolean): Promise<boolean> {
    if (this.#guarded !== undefined) return true;
    if (!newest?.closed) return false;
    const { spec, store } = this.context;
    if (ours && newest.id !== spec.guardian?.attempt) return true;
    return (await readSchemaState(store.ledger))?.hash === spec.hash;
  }

  async #sign(): Promise<void> {
    if (performance.now() - this.#signed < signEvery) return;
    await signWatch(this.context, await this.#trouble());
    this.#signed = performance.now();
  }

  /** Whether the cluster would let it put images back. */
  async #trouble(): Promise<string | undefined> {
    const { cluster, reporter } = this.context;
    try {
      await cluster?.tryRestore();
      return undefined;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reporter.warn(error.message);
      return error.message;
    }
  }
}
