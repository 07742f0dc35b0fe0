import { expiringIndexes, pauseExpiry } from "../fence/expiry";
import { withCanary } from "../fence/fences";
import { type ChosenFence, closeWrites } from "../fence/gate";
import type { RecordLog } from "../journal/record-log";
import { stepName, type SwapIntent } from "../journal/record-state";
import type { ProcessReport } from "../migrations";
import { Refusal } from "../../problem";
import { listAll } from "../store/catalog";
import { writeSchemaState } from "../journal/schema-state";
import { movesOf, swap } from "../swap/carry-out";
import { wayBack } from "./back";
import { checkInPlace } from "./check";
import { changedSince, finishDump, liveNow } from "./closed-time";
import { stageAgain } from "./stage-again";
import type { Context } from "./context";
import { stageNextVersion, type Staged } from "./forward";
import { openAgain } from "./open-again";
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
  const intent = await switchIntent(context, log, plan, mayGoOn);
  if (spec.order === "code-first") await rollOutFirst(context, log, mayGoOn);
  reporter.stage(
    "swap",
    intent.moves.length === 0 ? "no data moves" : `renames ${intent.moves.length} collections`,
  );
  mayGoOn();
  (await windowEnd(context))();
  await swap(store.db, log, intent);
  const { version } = spec.schema;
  await log.step(stepName.state, { version }, () =>
    writeSchemaState(store.ledger, { version, release: spec.release, hash: spec.hash }),
  );
  reporter.stage("check", "what was swapped is what was verified");
  await checkInPlace(context, intent);
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
      return wayBack(context, log, plan.way, mayGoOn);
    case "adopt": {
      context.reporter.stage("rehearse", `validates every document under schema ${plan.to}`);
      const { report } = await stageNextVersion(context, log, plan, plan.live, mayGoOn);
      return { moves: [], collections: report.collections, ...evidence(plan, report) };
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
  const fence: ChosenFence = await planFence(context);
  reporter.stage("rehearse", `${plan.from} → ${plan.to}: the whole run on the data as it is`);
  let staged: Staged = await stageNextVersion(context, log, plan, plan.live, mayGoOn);
  mayGoOn();
  reporter.stage("close-writes", `by ${fence.fence.how}; readers go on`);
  await withCanary(context, (canary) => closeWrites(log, fence, canary));
  const live = await liveNow(context);
  const names = live.map(({ name }) => name);
  const indexes = await expiringIndexes(store.db, names);
  const returning = staged.report.renamed.flatMap(({ from, to }) =>
    indexes.filter(({ collection }) => collection === from).map((index) => ({ ...index, collection: to })),
  );
  await pauseExpiry(store.db, log, { indexes, returning });
  reporter.stage("dump", "compares the closed data with the rehearsed");
  const changed = await changedSince(context, staged, live, mayGoOn);
  if (changed.length > 0) staged = await stageAgain(context, log, plan, { staged, live, changed }, mayGoOn);
  warnDangling(context, staged.report);
  await finishDump(context, log, staged, live);
  reporter.stage("validate", `${staged.report.totals.documentsAfter} documents obey schema ${plan.to}`);
  reporter.stage("load", `${staged.report.changed.length} collections stand beside the live ones`);
  reporter.stage("verify", "read back and equal");
  const moves = movesOf(staged.report, await listAll(store.db), log.token);
  return { moves, collections: staged.report.collections, ...evidence(plan, staged.report) };
}

/** References that lead nowhere because of the release are listed, and don't stop it (rule N13). */
function warnDangling({ reporter }: Context, { dangling, totals }: ProcessReport): void {
  if (totals.dangling === 0) return;
  const shown = dangling.slice(0, 10).map(({ collection, id, target }) => `${collection} ${id} → ${target}`);
  reporter.warn(`${totals.dangling} references lead nowhere after the release: ${shown.join(", ")}`);
}

function evidence({ process }: ReleasePlan, report: ProcessReport): Pick<SwapIntent, "evidence"> {
  if (!process) return {};
  const { removed, deleted, renamed, unjudged, totals } = report;
  const documents = { judged: totals.documentsAfter, mended: totals.mended, removed: totals.removed };
  return { evidence: { schemas: process.schemas, documents, removed, deleted, renamed, unjudged } };
}
