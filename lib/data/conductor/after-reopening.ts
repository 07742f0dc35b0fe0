import { withCanary } from "../fence/fences";
import { closeWrites } from "../fence/gate";
import type { RecordLog } from "../journal/record-log";
import type { RecordState } from "../journal/record-state";
import { Refusal } from "../../problem";
import type { Context } from "./context";
import { scan } from "./forward";
import { planFence } from "./plan";
import { usersWrites } from "./users-writes";

/**
 * With `reopen: before-rollout` users may have written to the new data when the roll-out fails. Closes writes again and looks.
 * @throws Refusal that names their writes: then the new data stays, since to take it back would lose them.
 */
export async function closeAgain(context: Context, log: RecordLog, state: RecordState): Promise<void> {
  if (!state.fence) {
    const fence = await planFence(context);
    await withCanary(context, (canary) => closeWrites(log, fence, canary));
  }
  const problems = [];
  for (const { collection, retained } of state.swap?.moves ?? []) {
    const change = state.swap?.collections.find((one) => one.collection === collection);
    const now = await scan(context, collection, collection, () => undefined);
    if (!change || change.hashAfter === now.toString()) continue;
    const { token } = state;
    const left = { collection, token, documents: change.documentsAfter, retained };
    const mend = `mend the roll-out; or go back by the config, with slipway:data.acceptLossSince: ${state.opened.release}`;
    problems.push(await usersWrites(context, left, now.documents, mend));
  }
  if (problems.length > 0) throw new Refusal("taking back after writes were opened", problems);
}
