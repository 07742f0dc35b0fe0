import { type Lock, LockLost } from "../journal/lock";
import type { RecordLog } from "../journal/record-log";
import { RecordState } from "../journal/record-state";
import type { ReleaseRecordData } from "../protocol";
import { readSchemaState } from "../store/schema-state";
import { awaitDecision } from "./await-decision";
import type { Context } from "./context";
import { openingOf, planRelease, type ReleasePlan } from "./plan";
import { putInPlace, undone } from "./put-in-place";
import { openRecord, openRecordState, recordData, stateOf, takeLock, takeOver } from "./record";
import { recover } from "./recover";

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
  if (standing) return standing;
  context.reporter.stage("lock", "one release at a time");
  const lock = await takeLock(context);
  try {
    const left = await openRecordState(context);
    if (left && left.opened.hash === context.spec.hash && left.inPlace && !left.decision) {
      const log = await takeOver(context, lock, left);
      return await hold(context, log);
    }
    if (left) await recover(context, lock, left, `its owner died; ${context.spec.release} begins anew`);
    return (await standingRecord(context)) ?? (await attempt(context, lock));
  } catch (error) {
    if (error instanceof LockLost) lock.forget();
    throw error;
  } finally {
    await lock.release().catch(() => undefined);
  }
}

/** The record of this very release, when it stands already: then there is nothing to do (rule X3). */
async function standingRecord({
  spec,
  store,
  journal,
  reporter,
}: Context): Promise<ReleaseRecordData | undefined> {
  const holds = await readSchemaState(store.db);
  if (holds?.hash !== spec.hash) return undefined;
  if (RecordState.from(await journal.newestRecord())?.closed === undefined) return undefined;
  const records = (await journal.closings()).map(({ detail }) => detail as unknown as ReleaseRecordData);
  const record = records.find(({ outcome, hash }) => outcome === "released" && hash === spec.hash);
  if (!record) return undefined;
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
