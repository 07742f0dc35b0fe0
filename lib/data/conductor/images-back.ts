import type { WorkloadImages } from "../cluster/workload-images";
import type { RecordLog } from "../journal/record-log";
import { Refusal } from "../../problem";
import type { Context } from "./context";

/** How long old pods may take to serve again before writes are opened all the same, in milliseconds. */
const settleWithin = 90_000;
const settleEvery = 500;

/**
 * Puts the old images back, waits for their pods, and then restarts those that hold their data (rules N16, H19). Idempotent. Without a
 * cluster it says what is left to be done by hand.
 * @throws Refusal when the cluster doesn't answer: code of the new release could write to old data.
 */
export async function imagesBack(
  { cluster, reporter, spec }: Context,
  log: RecordLog,
  saved: readonly WorkloadImages[],
): Promise<void> {
  if (!cluster) {
    if (saved.length > 0) reporter.warn(`workloads are left as they are; ${byHand(saved)}`);
    return;
  }
  const changed = await log.step("images back", {}, () =>
    cluster.restore(saved).catch((error: unknown) => {
      throw unreachable(error, spec.environment, saved);
    }),
  );
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

function unreachable(error: unknown, environment: string, saved: readonly WorkloadImages[]): Refusal {
  const found =
    error instanceof Refusal ? error.problems[0]?.found : error instanceof Error ? error.message : undefined;
  return new Refusal("old images", [
    {
      where: `workloads ${saved.map(({ name }) => name).join(", ")}`,
      found: `a cluster that does not answer as it must: ${found ?? String(error)}`,
      allowed:
        "their old images before writes open: the old data is in place, and code of the new release could write to it",
      mend: `slipway data resume ${environment} when it answers; where nothing runs there, or it was done by hand, slipway data resume ${environment} --without-cluster. ${byHand(saved)}`,
    },
  ]);
}

/** The commands that do the same, for people. */
function byHand(saved: readonly WorkloadImages[]): string {
  const commands = saved.map(({ kind, name, containers }) => {
    const images = containers.map(({ name: container, image }) => `${container}=${image}`);
    return `kubectl set image ${kind.toLowerCase()}/${name} ${images.join(" ")}`;
  });
  return `by hand: ${commands.join("; ")}`;
}
