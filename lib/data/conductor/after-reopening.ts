import { closeWrites } from "../fence/gate";
import type { RecordLog } from "../journal/record-log";
import type { RecordState } from "../journal/record-state";
import { type Problem, Refusal } from "../../problem";
import type { Context } from "./context";
import { planFence } from "./plan";
import { releasedThing, writesSince } from "./writes-since";

/**
 * With `reopen: before-rollout` users may have written to the new data when the roll-out fails. Closes writes again and looks.
 * @throws Refusal that names their writes: then the new data stays, since to take it back would lose them.
 */
export async function closeAgain(context: Context, log: RecordLog, state: RecordState): Promise<void> {
  if (!state.fence) {
    const fence = await planFence(context);
    await context.store.withCanary((canary) => closeWrites(log, fence, canary));
  }
  const problems: Problem[] = [];
  for (const { collection } of state.swap?.moves ?? []) {
    const released = releasedThing(state, collection);
    if (!released) continue;
    const mend = `mend the roll-out; or go back by the config, with slipway:data.acceptLossSince: ${state.opened.release}`;
    problems.push(...(await writesSince(context, collection, released, mend, () => undefined)).problems);
  }
  if (problems.length > 0) throw new Refusal("taking back after writes were opened", problems);
}
