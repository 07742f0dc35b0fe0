import { JournalMoved } from "../journal/journal";
import { RecordState } from "../journal/record-state";
import { Refusal } from "../../problem";
import type { ReleaseRecordData } from "../protocol";
import type { Context } from "./context";
import { ownerAlive, recordData, takeLock } from "./record";
import { recover } from "./recover";
import { standingRecord } from "./standing";

const askEvery = 50;

/**
 * Says in the journal that the code has rolled out, and waits until the owner has switched the data (rules N16, N18). When the
 * owner is dead before that, the release is taken back: nobody would be left to take it back later. Asked twice, it does it once.
 * @throws Refusal when no such release is ready, or when it was taken back.
 */
export async function switchData(context: Context): Promise<ReleaseRecordData> {
  const standing = await standingRecord(context);
  if (standing) return standing;
  const state = RecordState.from(await context.journal.newestRecord());
  if (state?.opened.hash !== context.spec.hash)
    throw refusal(context, state ? `release ${state.opened.release} with another content` : "no release");
  if (!state.ready && !state.inPlace && !state.closed)
    throw refusal(context, `a release that is not ready yet (${state.stage})`);
  context.reporter.stage("swap", "the code runs everywhere: the data follows");
  await sayRolledOut(context, state);
  for (;;) {
    const now = await newest(context, state);
    if (now.closed)
      throw refusal(context, `a release that is over: ${now.closed.reason ?? now.closed.outcome}`);
    if (now.inPlace && !now.decision) return recordData(now, {}, { outcome: "open" });
    if (await ownerAlive(context)) await new Promise((resolve) => setTimeout(resolve, askEvery));
    else await takeBackForOwner(context, state);
  }
}

/** Of two that say it at once, one gets through; after a decision nobody does. */
async function sayRolledOut({ journal, options }: Context, record: RecordState): Promise<void> {
  for (;;) {
    const entries = await journal.newestRecord();
    const now = RecordState.from(entries);
    if (now?.id !== record.id || now.rolledOut || now.decision || now.closed) return;
    try {
      const said = { kind: "rolled-out", record: record.id, token: record.token, step: "" } as const;
      await journal.append(entries.at(-1), { ...said, detail: {} });
      await options.boundary("rolled-out");
      return;
    } catch (error) {
      if (!(error instanceof JournalMoved)) throw error;
    }
  }
}

async function takeBackForOwner(context: Context, record: RecordState): Promise<void> {
  const lock = await takeLock(context);
  try {
    // In place or closed between our look and our lock?
    const now = await newest(context, record);
    if (now.closed || (now.inPlace && !now.decision)) return;
    await recover(context, lock, now, "its owner died before the data was switched");
  } finally {
    await lock.release().catch(() => undefined);
  }
}

async function newest(context: Context, record: RecordState): Promise<RecordState> {
  const now = RecordState.from(await context.journal.newestRecord());
  if (now?.id === record.id) return now;
  throw refusal(context, "another record that was opened meanwhile");
}

function refusal({ spec }: Context, found: string): Refusal {
  return new Refusal("switching the data", [
    {
      where: `release ${spec.release} (${spec.hash})`,
      found,
      allowed: "this very release, ready for the switch and not yet decided",
      mend: "slipway data status, then: pulumi up",
    },
  ]);
}
