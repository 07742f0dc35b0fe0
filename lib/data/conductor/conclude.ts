import { RecordState } from "../journal/record-state";
import type { ReleaseRecordData } from "../protocol";
import type { Context } from "./context";
import { ownerAlive, takeLock } from "./record";
import { recover } from "./recover";

const askEvery = 50;

/**
 * Waits until a record is closed; goes on with it where its owner is dead.
 * @returns undefined when another record was opened meanwhile.
 */
export async function conclude(
  context: Context,
  record: RecordState,
  reason: string,
): Promise<ReleaseRecordData | undefined> {
  for (;;) {
    const now = RecordState.from(await context.journal.newestRecord());
    if (now?.id !== record.id) return undefined;
    if (now.closed) return toldAgain(context, now.closed);
    if (!(await ownerAlive(context))) return await goOn(context, now, reason);
    await new Promise((resolve) => setTimeout(resolve, askEvery));
  }
}

/** Finishes or undoes a record that was left open, under a lock of our own. @throws Refusal when somebody else has the lock. */
export async function goOn(context: Context, left: RecordState, reason: string): Promise<ReleaseRecordData> {
  const lock = await takeLock(context);
  try {
    // Closed between our look and our lock?
    const now = RecordState.from(await context.journal.newestRecord()) ?? left;
    return now.closed ? toldAgain(context, now.closed) : await recover(context, lock, now, reason);
  } finally {
    await lock.release().catch(() => undefined);
  }
}

/** A record that somebody else closed, said to whoever waits for it here. */
export function toldAgain({ reporter }: Context, record: ReleaseRecordData): ReleaseRecordData {
  reporter.say({ event: "closed", record });
  return record;
}
