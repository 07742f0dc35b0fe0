import type { Lock } from "../journal/lock";
import type { RecordState } from "../journal/record-state";
import type { ReleaseRecordData } from "../protocol";
import { endWorkers } from "../spread/end-workers";
import type { Context } from "./context";
import { finish } from "./finish";
import { takeOver } from "./record";
import { takeBack } from "./take-back";

/** Finishes or undoes what a dead owner left, by the journal alone, under a lock of our own. */
export async function recover(
  context: Context,
  lock: Lock,
  left: RecordState,
  reason: string,
): Promise<ReleaseRecordData> {
  const log = await takeOver(context, lock, left);
  context.reporter.warn(
    `release ${left.opened.release} (${left.id}) was left open at ${left.stage}; going on with it`,
  );
  await endWorkers(context, log);
  return left.decision?.outcome === "released"
    ? finish(context, log, left.decision)
    : takeBack(context, log, reason);
}
