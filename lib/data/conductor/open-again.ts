import { fenceOf, withCanary } from "../fence/fences";
import { openWrites } from "../fence/gate";
import type { RecordLog } from "../journal/record-log";
import type { Context } from "./context";
import { stateOf } from "./record";

/** Opens writes where this record closed them. @throws Refusal while that is in doubt. */
export async function openAgain(context: Context, log: RecordLog): Promise<void> {
  const { fence } = stateOf(log);
  if (!fence) return;
  await withCanary(context, (canary) => openWrites(log, fenceOf(context, fence), fence, canary));
}
