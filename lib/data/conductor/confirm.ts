import { RecordState } from "../journal/record-state";
import { Refusal } from "../../problem";
import type { ReleaseRecordData } from "../protocol";
import type { Context } from "./context";
import { decide, ownerAlive, takeLock } from "./record";
import { recover } from "./recover";

const askEvery = 50;

/**
 * Says in the journal that the roll-out is verified, and waits until writes are open and the record is closed; does that
 * itself when the owner is dead. To confirm twice is to confirm once.
 * @throws Refusal when there is nothing to confirm, or when the release was taken back before.
 */
export async function confirm(context: Context): Promise<ReleaseRecordData> {
  const state = await recordToConfirm(context);
  if (state.closed) return closed(context, state.closed);
  if (!state.inPlace) throw refusal(context, `a release that is not in place yet (${state.stage})`);
  await decide(context, state, { outcome: "released", reason: `confirmed by ${context.spec.operator}` });
  return conclude(context, state, "its owner died");
}

/** Waits until the record is closed; goes on with it where its owner is dead. */
export async function conclude(
  context: Context,
  record: RecordState,
  reason: string,
): Promise<ReleaseRecordData> {
  for (;;) {
    const now = RecordState.from(await context.journal.newestRecord());
    if (now?.id !== record.id) throw refusal(context, "another record that was opened meanwhile");
    if (now.closed) return closed(context, now.closed);
    if (!(await ownerAlive(context))) return await goOn(context, now, reason);
    await new Promise((resolve) => setTimeout(resolve, askEvery));
  }
}

async function goOn(context: Context, left: RecordState, reason: string): Promise<ReleaseRecordData> {
  const lock = await takeLock(context);
  try {
    // Closed between our look and our lock?
    const now = RecordState.from(await context.journal.newestRecord()) ?? left;
    return now.closed ? closed(context, now.closed) : await recover(context, lock, now, reason);
  } finally {
    await lock.release().catch(() => undefined);
  }
}

async function recordToConfirm(context: Context): Promise<RecordState> {
  const state = RecordState.from(await context.journal.newestRecord());
  if (!state) throw refusal(context, "no release in the journal");
  if (state.opened.hash !== context.spec.hash)
    throw refusal(context, `release ${state.opened.release} with another content`);
  return state;
}

function closed({ reporter }: Context, record: ReleaseRecordData): ReleaseRecordData {
  reporter.say({ event: "closed", record });
  return record;
}

function refusal({ spec }: Context, found: string): Refusal {
  return new Refusal("confirmation", [
    {
      where: `release ${spec.release} (${spec.hash})`,
      found,
      allowed: "this very release, in place and not yet decided",
      mend: "slipway data status, then: pulumi up",
    },
  ]);
}
