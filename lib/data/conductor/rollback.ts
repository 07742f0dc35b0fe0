import { LockLost } from "../journal/lock";
import { RecordState } from "../journal/record-state";
import { Refusal } from "../../problem";
import type { ReleaseRecordData } from "../protocol";
import type { Context } from "./context";
import { finish } from "./finish";
import { openingOf, planRelease } from "./plan";
import { imagesBack } from "./images-back";
import { putInPlace, undone } from "./put-in-place";
import { decide, openRecord, openRecordState, stateOf, takeLock } from "./record";

/**
 * Goes back behind the last release that stands, without Pulumi: originals by renames, its old images on the workloads, and
 * a record of its own (rule N18). Pulumi's state is behind then: the stack file must be set to the same version.
 * @throws Refusal when nothing stands, something is open, or users have written since.
 */
export async function rollback(context: Context): Promise<ReleaseRecordData> {
  const lock = await takeLock(context);
  try {
    if (await openRecordState(context))
      throw refusal("a release that is still open", `slipway data resume ${context.spec.environment}`);
    const last = await lastStanding(context);
    const before = last?.opened.before;
    if (!last || !before) throw refusal("no release to go back behind", "nothing: this is the first");
    await refuseWithoutAnswer(context);
    context.reporter.stage("plan", `back behind ${last.opened.release}, to ${before.release}`);
    const back = {
      ...context,
      spec: {
        ...context.spec,
        // Whoever goes back by hand on a bad night waits for no window.
        deadline: undefined,
        release: before.release,
        hash: before.hash,
        schema: { ...context.spec.schema, version: before.version },
        images: [],
        // Without Pulumi nobody would say that the code has rolled out.
        order: "data-first" as const,
      },
    };
    const plan = await planRelease(back, lock.token);
    const log = await openRecord(back, lock, openingOf(back, plan));
    try {
      await putInPlace(back, log, plan);
      await imagesBack(back, log, last.opened.workloads);
    } catch (error) {
      throw error instanceof LockLost ? error : await undone(back, log, error);
    }
    const decision = { outcome: "released", reason: `rollback by ${context.spec.operator}` } as const;
    const holds = await decide(back, stateOf(log), decision);
    await log.catchUp();
    return await finish(back, log, holds);
  } finally {
    await lock.release().catch(() => undefined);
  }
}

/** Asks the cluster before anything is touched: its images go back with the data, or somebody says that they shall not. */
async function refuseWithoutAnswer({ cluster, spec }: Context): Promise<void> {
  try {
    await cluster?.images();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const mend = `slipway data rollback ${spec.environment} --without-cluster takes back the data alone, and says which images to set by hand`;
    throw new Refusal(
      "rollback",
      error.problems.map((problem) => ({ ...problem, mend })),
    );
  }
}

/** The newest record that was released and not gone back behind since. */
async function lastStanding({ journal }: Context): Promise<RecordState | undefined> {
  const undone = new Set<string>();
  for (const { record } of await journal.openings()) {
    const state = RecordState.from(await journal.ofRecord(record));
    if (!state?.stands) continue;
    for (const id of state.opened.undoes) undone.add(id);
    if (!undone.has(record) && state.opened.undoes.length === 0) return state;
  }
  return undefined;
}

function refusal(found: string, mend: string): Refusal {
  return new Refusal("rollback", [
    { where: "the journal", found, allowed: "a last release that stands, with one before it", mend },
  ]);
}
