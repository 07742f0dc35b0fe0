import type { RecordLog } from "../journal/record-log";
import { type Decision, type RecordState, stepName } from "../journal/record-state";
import { parseBeside } from "../names";
import type { ReleaseRecordData } from "../protocol";
import { Refusal } from "../../problem";
import { writeSchemaState } from "../journal/schema-state";
import { unswap } from "../swap/carry-out";
import { barLateRename } from "../swap/late-rename";
import { closeAgain } from "./after-reopening";
import type { Context } from "./context";
import { finish } from "./finish";
import { imagesBack } from "./images-back";
import { openAgain } from "./open-again";
import { closeRecord, decide, stateOf } from "./record";

/**
 * Takes the release back: originals by rename, old images on the workloads, writes open, record closed. Every step is
 * idempotent, so that after any crash this simply runs again, from anywhere. Finishes instead, when a confirmation came first.
 */
export async function takeBack(context: Context, log: RecordLog, reason: string): Promise<ReleaseRecordData> {
  const before = stateOf(log);
  const outcome = before.fence || before.swap || before.ready ? "rolled-back" : "failed";
  const decision = await decide(context, before, { outcome, reason: context.secrets.redact(reason) });
  await log.catchUp();
  if (decision.outcome === "released") return finish(context, log, decision);
  const { store } = context;
  const state = stateOf(log);
  context.reporter.warn(`taking the release back: ${decision.reason}`);
  if (state.swap && !state.unswapped && state.reopened && state.swap.moves.length > 0) {
    const kept = await closeAgain(context, log, state).catch((error: unknown) => refusalOnly(error));
    if (kept) return keepNewData(context, log, decision, kept);
  }
  if (state.swap) {
    if (!state.unswapped) await unswap(store, log, state.swap);
    // Also when the renames are undone already: a process may have died right after the last of them.
    await log.step(`${stepName.state} back`, {}, () =>
      writeSchemaState(store.ledger, state.opened.before ?? undefined),
    );
  }
  if (state.inPlace || state.ready) await imagesBack(context, log, state.opened.workloads);
  await openAgain(context, log);
  await dropStaging(context, log, state);
  if (log.afterSilence) await barLateRename(store, log);
  return closeRecord(context, log, decision);
}

function refusalOnly(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}

/** Users wrote to the new data: it stays, and the record says why the release is not over all the same. */
async function keepNewData(
  context: Context,
  log: RecordLog,
  decision: Decision,
  kept: Refusal,
): Promise<ReleaseRecordData> {
  await openAgain(context, log);
  await dropStaging(context, log, stateOf(log));
  return closeRecord(context, log, { outcome: "failed", reason: `${decision.reason}; ${kept.message}` });
}

/** Drops what this record staged, and nothing else. */
async function dropStaging({ store }: Context, log: RecordLog, state: RecordState): Promise<void> {
  if (!state.staged) return;
  const tokens = new Set(log.entries.map(({ token }) => token));
  for (const name of (await store.present()).keys()) {
    const beside = parseBeside(name);
    if (beside?.kind !== "new" || !tokens.has(beside.token)) continue;
    await log.step(`drop ${name}`, {}, () => store.drop(name));
  }
}

/** Both errors, when the way back failed too: the first one says why, the second what has to be mended (fault group 41). */
export function bothErrors(first: unknown, second: unknown): Refusal {
  const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  const problems = [first, second].flatMap((error) => (error instanceof Refusal ? error.problems : []));
  const says = {
    where: "the release",
    found: `${text(first)}; and taking it back failed too: ${text(second)}`,
    allowed:
      "a release that stands, or one that was taken back; it is neither now, and writes were not opened in doubt",
    mend: "slipway data status, then: slipway data resume",
  };
  return new Refusal("taking back", [says, ...problems]);
}
