import { type ChosenFence, closeWrites } from "../fence/gate";
import type { RecordLog } from "../journal/record-log";
import { stepName, type SwapIntent } from "../journal/record-state";
import type { ProcessReport } from "../migrations";
import { Refusal } from "../../problem";
import { writeSchemaState } from "../journal/schema-state";
import { movesOf, swap } from "../swap/carry-out";
import { wayBack } from "./back";
import { checkInPlace } from "./check";
import type { Context } from "./context";
import type { Pass, Work } from "./data-store";
import { awaitGuardian } from "./guardian-sign";
import { openAgain } from "./open-again";
import { passEvidence } from "./pass-evidence";
import { planFence, type ReleasePlan } from "./plan";
import { rollOutFirst } from "./roll-out-first";
import { bothErrors, takeBack } from "./take-back";
import { windowEnd } from "./window-end";

/** Takes the release back and answers the error to end with. */
export async function undone(context: Context, log: RecordLog, error: unknown): Promise<unknown> {
  try {
    await log.catchUp();
    const first = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    await takeBack(context, log, error instanceof Refusal ? error.message : first);
    return error;
  } catch (second) {
    return bothErrors(error, second);
  }
}

/** Everything from the rehearsal to the check; after it the new version is live. */
export async function putInPlace(context: Context, log: RecordLog, plan: ReleasePlan): Promise<void> {
  const { reporter, store, signs, spec } = context;
  const inTime = await windowEnd(context);
  const mayGoOn = (): void => {
    signs.throwIfGiven();
    inTime();
  };
  mayGoOn();
  if (spec.guardian) reporter.stage("lock", `waits ${spec.guardian.readyWithin} s at most for the guardian`);
  await awaitGuardian(context, mayGoOn);
  const intent = await switchIntent(context, log, plan, mayGoOn);
  if (spec.order === "code-first") await rollOutFirst(context, log, mayGoOn);
  reporter.stage(
    "swap",
    intent.moves.length === 0 ? "no data moves" : `renames ${intent.moves.length} ${store.things}`,
  );
  mayGoOn();
  (await windowEnd(context))();
  await swap(store, log, intent);
  const { version } = spec.schema;
  await log.step(stepName.state, { version }, () =>
    writeSchemaState(store.ledger, { version, release: spec.release, hash: spec.hash }),
  );
  reporter.stage("check", "what was swapped is what was verified");
  await checkInPlace(context, intent);
  if (intent.moves.length > 0)
    await log.step(
      stepName.witness,
      {},
      () => store.witness(intent),
      (witness) => witness,
    );
  if (spec.reopen === "before-rollout") await openAgain(context, log);
  await log.step(stepName.inPlace, {}, () => Promise.resolve());
}

/** Everything before the swap, by the kind of release. */
async function switchIntent(
  context: Context,
  log: RecordLog,
  plan: ReleasePlan,
  mayGoOn: () => void,
): Promise<SwapIntent> {
  switch (plan.way.kind) {
    case "code-only":
      return { moves: [], collections: [] };
    case "back":
      return wayBack(context, log, plan, plan.way, mayGoOn);
    case "adopt": {
      context.reporter.stage("rehearse", `validates everything under schema ${plan.to}`);
      const { report } = await passOf(plan).stage({ context, log, mayGoOn });
      return await intentOf(context, log, plan, report);
    }
    case "forward":
      return forward(context, log, plan, mayGoOn);
  }
}

async function forward(
  context: Context,
  log: RecordLog,
  plan: ReleasePlan,
  mayGoOn: () => void,
): Promise<SwapIntent> {
  const { reporter, store } = context;
  const work: Work = { context, log, mayGoOn };
  const fence: ChosenFence = await planFence(context);
  reporter.stage("rehearse", `${plan.from} → ${plan.to}: the whole run on the data as it is`);
  const rehearsed = await passOf(plan).stage(work);
  mayGoOn();
  await awaitGuardian(context, mayGoOn);
  reporter.stage("close-writes", `by ${fence.fence.how}; readers go on`);
  await store.withCanary((canary) => closeWrites(log, fence, canary));
  reporter.stage("dump", "compares the closed data with the rehearsed");
  const { report } = await rehearsed.settle(work);
  warnDangling(context, report);
  reporter.stage("validate", `${report.totals.documentsAfter} rows or documents obey schema ${plan.to}`);
  reporter.stage("load", `${report.changed.length} ${store.things} stand beside the live ones`);
  reporter.stage("verify", "read back and equal");
  return await intentOf(context, log, plan, report);
}

function passOf({ pass, way }: ReleasePlan): Pass {
  if (!pass) throw new Error(`a release that goes ${way.kind} stages nothing`);
  return pass;
}

async function intentOf(
  { store }: Context,
  log: RecordLog,
  plan: ReleasePlan,
  report: ProcessReport,
): Promise<SwapIntent> {
  return {
    moves: movesOf(report, await store.present(), log.token),
    collections: report.collections,
    evidence: passEvidence(passOf(plan), report),
  };
}

/** References that lead nowhere because of the release are listed, and don't stop it (rule N13). */
function warnDangling({ reporter }: Context, { dangling, totals }: ProcessReport): void {
  if (totals.dangling === 0) return;
  const shown = dangling.slice(0, 10).map(({ collection, id, target }) => `${collection} ${id} → ${target}`);
  reporter.warn(`${totals.dangling} references lead nowhere after the release: ${shown.join(", ")}`);
}
