import type { WorkloadImages } from "../cluster/workload-images";
import type { RecordLog } from "../journal/record-log";
import type { Context } from "./context";

/** How long old pods may take to serve again before writes are opened all the same, in milliseconds. */
const settleWithin = 90_000;
const settleEvery = 500;

/** Puts the old images back, waits for their pods, and then restarts those that hold their data (rules N16, H19). Idempotent. */
export async function imagesBack(
  { cluster, reporter }: Context,
  log: RecordLog,
  saved: readonly WorkloadImages[],
): Promise<void> {
  if (!cluster) return;
  const changed = await log.step("images back", {}, () => cluster.restore(saved));
  // Opened earlier, code of the new release could write to old data.
  if (changed.length > 0) {
    const until = performance.now() + settleWithin;
    let unsettled = await cluster.unsettled();
    while (unsettled.length > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, settleEvery));
      unsettled = await cluster.unsettled();
    }
    if (unsettled.length > 0) reporter.warn(`old images are set, but not ready yet: ${unsettled.join(", ")}`);
  }
  await cluster.restartDependants(saved);
}
