import { fenceOf } from "../fence/fences";
import { openWrites } from "../fence/gate";
import type { RecordLog } from "../journal/record-log";
import type { Context } from "./context";
import { stateOf } from "./record";

/** Opens writes where this record closed them, and lets documents expire again. @throws Refusal while that is in doubt. */
export async function openAgain(context: Context, log: RecordLog): Promise<void> {
  const { fence, expiring } = stateOf(log);
  if (expiring.length > 0) await context.store.resumeExpiry(log, expiring);
  if (!fence) return;
  await context.store.withCanary((canary) => openWrites(log, fenceOf(context, fence), fence, canary));
}
