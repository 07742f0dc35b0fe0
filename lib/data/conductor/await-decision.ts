import { LockLost } from "../journal/lock";
import type { RecordLog } from "../journal/record-log";
import type { ReleaseRecordData } from "../protocol";
import type { Context } from "./context";
import { finish } from "./finish";
import { stateOf } from "./record";
import { bothErrors, takeBack } from "./take-back";

/** How often the journal is asked for a decision, in milliseconds. */
const askEvery = 50;

/**
 * Waits until the journal holds a decision or a sign says that none will come, and carries it out. A server that doesn't
 * answer meanwhile is no sign: the release waits for it, up to its deadline and beyond, since nothing can be decided without it.
 */
export async function awaitDecision(context: Context, log: RecordLog): Promise<ReleaseRecordData> {
  for (;;) {
    try {
      await log.catchUp();
      const { decision } = stateOf(log);
      if (decision?.outcome === "released") return await finish(context, log, decision);
      const reason = decision?.reason ?? context.signs.reason;
      if (reason !== undefined) return await takeBack(context, log, reason);
    } catch (error) {
      if (error instanceof LockLost) throw error;
      if (!context.store.isUnreachable(error)) throw atFault(context, error);
      context.reporter.warn("the database does not answer; trying again");
    }
    await context.signs.wait(askEvery);
  }
}

/** What went wrong, with the reason why the release was being taken back when it did. */
function atFault({ signs }: Context, error: unknown): unknown {
  return signs.reason === undefined ? error : bothErrors(new Error(signs.reason), error);
}
