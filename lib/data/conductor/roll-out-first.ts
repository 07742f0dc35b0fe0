import { LockLost } from "../journal/lock";
import type { RecordLog } from "../journal/record-log";
import { stepName } from "../journal/record-state";
import type { Context } from "./context";
import { recordData, stateOf } from "./record";
import { Interrupted } from "./signs";

/** How often the journal is asked whether the roll-out is over, in milliseconds. */
const askEvery = 50;

/**
 * Code before data (rules N16, N18): all that the switch needs is staged, verified and closed. Says so, and holds until the
 * journal says that the code has rolled out. Nothing was swapped until then, so that taking back costs the images only.
 * @throws Interrupted on any sign that the roll-out won't end, or when the release was decided to be taken back.
 */
export async function rollOutFirst(context: Context, log: RecordLog, mayGoOn: () => void): Promise<void> {
  const { reporter, signs, spec } = context;
  await log.step(stepName.ready, {}, () => Promise.resolve());
  const record = recordData(stateOf(log), reporter.durations, { outcome: "open" });
  reporter.say({ event: "ready", record });
  reporter.stage(
    "roll-out",
    `before the data is switched: waits ${spec.confirmWithin} s at most for the code`,
  );
  signs.deadline(spec.confirmWithin);
  while (!(await isRolledOut(context, log, mayGoOn))) await signs.wait(askEvery);
}

/** A server that doesn't answer decides nothing: neither that the release goes on, nor that it ends. */
async function isRolledOut(
  { reporter, store }: Context,
  log: RecordLog,
  mayGoOn: () => void,
): Promise<boolean> {
  try {
    await log.catchUp();
  } catch (error) {
    if (error instanceof LockLost || !store.isUnreachable(error)) throw error;
    reporter.warn("the database does not answer; trying again");
    return false;
  }
  const { decision, rolledOut } = stateOf(log);
  if (decision) throw new Interrupted(decision.reason);
  mayGoOn();
  return rolledOut;
}
