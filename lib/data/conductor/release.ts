import { type Lock, LockLost } from "../journal/lock";
import type { RecordLog } from "../journal/record-log";
import type { ReleaseRecordData } from "../protocol";
import { awaitDecision } from "./await-decision";
import type { Context } from "./context";
import { openingOf, planRelease, type ReleasePlan } from "./plan";
import { putInPlace, undone } from "./put-in-place";
import { openRecord, openRecordState, recordData, stateOf, takeLock, takeOver } from "./record";
import { recover } from "./recover";
import { standingRecord } from "./standing";

/**
 * Runs one release from its plan to its end, and stays until it is decided. What a dead owner left is finished or undone
 * first. Whatever happens on the way, the old data is whole and open afterwards, or the new data is in place.
 * @throws Refusal with what stopped it, after it was taken back.
 */
export async function release(context: Context): Promise<ReleaseRecordData> {
  context.reporter.stage(
    "plan",
    `release ${context.spec.release} onto schema ${context.spec.schema.version}`,
  );
  const standing = await standingRecord(context);
  if (standing) return standsAlready(context, standing);
  context.reporter.stage("lock", "one release at a time");
  const lock = await takeLock(context);
  try {
    const left = await openRecordState(context);
    if (left && left.opened.hash === context.spec.hash && left.inPlace && !left.decision) {
      const log = await takeOver(context, lock, left);
      return await hold(context, log);
    }
    if (left) await recover(context, lock, left, `its owner died; ${context.spec.release} begins anew`);
    const again = await standingRecord(context);
    return again ? standsAlready(context, again) : await attempt(context, lock);
  } catch (error) {
    if (error instanceof LockLost) lock.forget();
    throw error;
  } finally {
    await lock.release().catch(() => undefined);
  }
}

function standsAlready({ reporter }: Context, record: ReleaseRecordData): ReleaseRecordData {
  reporter.say({ event: "in-place", record });
  reporter.say({ event: "closed", record });
  return record;
}

async function attempt(context: Context, lock: Lock): Promise<ReleaseRecordData> {
  let plan: ReleasePlan | undefined;
  let refused: unknown;
  try {
    plan = await planRelease(context, lock.token);
  } catch (error) {
    refused = error;
  }
  // A release that is refused by its plan is on record too (rule N17).
  const log = await openRecord(context, lock, openingOf(context, plan));
  try {
    if (!plan) throw refused;
    await putInPlace(context, log, plan);
  } catch (error) {
    if (error instanceof LockLost) throw error;
    throw await undone(context, log, error);
  }
  return hold(context, log);
}

/** In place: stays, holds the lock, and acts on whatever comes first (rules N15, N16). */
async function hold(context: Context, log: RecordLog): Promise<ReleaseRecordData> {
  const { reporter, signs, spec } = context;
  reporter.say({
    event: "in-place",
    record: recordData(stateOf(log), reporter.durations, { outcome: "open" }),
  });
  reporter.stage("roll-out", `waits ${spec.confirmWithin} s at most for the confirmation`);
  signs.deadline(spec.confirmWithin);
  return awaitDecision(context, log);
}
