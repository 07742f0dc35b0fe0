import { withCanary } from "../fence/fences";
import { type ChosenFence, closeWrites } from "../fence/gate";
import type { Lock } from "../journal/lock";
import { LockLost } from "../journal/lock";
import type { RecordLog } from "../journal/record-log";
import { RecordState, stepName, type SwapIntent } from "../journal/record-state";
import { Refusal } from "../../problem";
import type { ReleaseRecordData } from "../protocol";
import { listAll } from "../store/catalog";
import { readSchemaState, writeSchemaState } from "../store/schema-state";
import { movesOf, swap } from "../swap/carry-out";
import { awaitDecision } from "./await-decision";
import { wayBack } from "./back";
import { changedSince, finishDump, liveNow } from "./closed-time";
import type { Context } from "./context";
import { stageNextVersion, type Staged } from "./forward";
import { openingOf, planFence, planRelease, type ReleasePlan } from "./plan";
import { openRecord, openRecordState, recordData, stateOf, takeLock, takeOver } from "./record";
import { recover } from "./recover";
import { openAgain } from "./open-again";
import { bothErrors, takeBack } from "./take-back";

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
  const record = RecordState.from(await journal.newestRecord())?.closed;
  if (record?.hash !== spec.hash || record.outcome !== "released") return undefined;
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

/** Takes the release back and answers the error to end with. */
async function undone(context: Context, log: RecordLog, error: unknown): Promise<unknown> {
  try {
    await log.catchUp();
    const first = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    await takeBack(context, log, error instanceof Refusal ? error.message : first);
    return error;
  } catch (second) {
    return bothErrors(error, second);
  }
}

async function putInPlace(context: Context, log: RecordLog, plan: ReleasePlan): Promise<void> {
  const { reporter, store, signs, spec } = context;
  const mayGoOn = (): void => {
    signs.throwIfGiven();
  };
  const intent = await switchIntent(context, log, plan, mayGoOn);
  reporter.stage(
    "swap",
    intent.moves.length === 0 ? "no data moves" : `renames ${intent.moves.length} collections`,
  );
  mayGoOn();
  await swap(store.db, log, intent);
  const { version } = spec.schema;
  await log.step(stepName.state, { version }, () =>
    writeSchemaState(store.db, { version, release: spec.release, hash: spec.hash }),
  );
  reporter.stage("check", "what was swapped is what was verified");
  await checkInPlace(context, intent);
  if (spec.reopen === "before-rollout") await openAgain(context, log);
  await log.step(stepName.inPlace, {}, () => Promise.resolve());
}

/** Everything before the swap, by the kind of release. */
async function switchIntent(
  context: Context,
  log: RecordLog,
  plan: ReleasePlan,
  mayGoOn: () => void,
): Promise<SwapIntent> {
  switch (plan.way.kind) {
    case "code-only":
      return { moves: [], collections: [] };
    case "back":
      return wayBack(context, log, plan.way, mayGoOn);
    case "adopt": {
      context.reporter.stage("rehearse", `validates every document under schema ${plan.to}`);
      const { report } = await stageNextVersion(context, log, plan, plan.live, mayGoOn);
      return { moves: [], collections: report.collections };
    }
    case "forward":
      return forward(context, log, plan, mayGoOn);
  }
}

async function forward(
  context: Context,
  log: RecordLog,
  plan: ReleasePlan,
  mayGoOn: () => void,
): Promise<SwapIntent> {
  const { reporter, store } = context;
  const fence: ChosenFence = await planFence(context);
  reporter.stage("rehearse", `${plan.from} → ${plan.to}: the whole run on the data as it is`);
  let staged: Staged = await stageNextVersion(context, log, plan, plan.live, mayGoOn);
  mayGoOn();
  reporter.stage("close-writes", `by ${fence.fence.how}; readers go on`);
  await withCanary(context, (canary) => closeWrites(log, fence, canary));
  reporter.stage("dump", "compares the closed data with the rehearsed");
  const live = await liveNow(context);
  const changed = await changedSince(context, staged, live, mayGoOn);
  if (changed.length > 0) {
    reporter.stage("migrate", `again, as users changed ${changed.length} collections since the rehearsal`);
    staged = await stageNextVersion(context, log, plan, live, mayGoOn);
  }
  await finishDump(context, log, plan, staged, live);
  reporter.stage("validate", `${staged.report.totals.documentsAfter} documents obey schema ${plan.to}`);
  reporter.stage("load", `${staged.report.changed.length} collections stand beside the live ones`);
  reporter.stage("verify", "read back and equal");
  const moves = movesOf(staged.report, await listAll(store.db), log.token);
  return { moves, collections: staged.report.collections };
}

/** @throws Refusal when a collection in place has another count than the one that was verified. */
async function checkInPlace({ store }: Context, { moves, collections }: SwapIntent): Promise<void> {
  const problems = [];
  for (const { collection, action } of moves) {
    const wanted =
      action === "remove"
        ? 0
        : collections.find((change) => change.collection === collection)?.documentsAfter;
    const found = await store.db.collection(collection).countDocuments({});
    if (wanted === undefined || found === wanted) continue;
    problems.push({
      where: collection,
      found: `${found} documents`,
      allowed: `${wanted}`,
      mend: "the release is taken back",
    });
  }
  if (problems.length > 0) throw new Refusal("check", problems);
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
