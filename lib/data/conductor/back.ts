import { closeWrites } from "../fence/gate";
import type { RecordLog } from "../journal/record-log";
import type { RecordState, SwapIntent } from "../journal/record-state";
import { type Problem, Refusal } from "../../problem";
import type { CollectionChange } from "../protocol";
import type { Context } from "./context";
import { awaitGuardian } from "./guardian-sign";
import { passEvidence } from "./pass-evidence";
import { planFence, type ReleasePlan, type Way } from "./plan";
import { refuseUnfitRest } from "./rest-fits";
import { type ReleasedThing, releasedThing, writesSince } from "./writes-since";

/**
 * The way back: the retained originals come back by renames, after it was proved that nobody wrote to the new data, and that
 * what stays fits the older schema (rules N13, N18).
 * @throws Refusal with collections and counts when users have written since, unless the config accepts that loss by name.
 */
export async function wayBack(
  context: Context,
  log: RecordLog,
  plan: ReleasePlan,
  way: Extract<Way, { kind: "back" }>,
  mayGoOn: () => void,
): Promise<SwapIntent> {
  const { reporter, spec } = context;
  const released = way.past.map(({ opened }) => opened.release).join(", ");
  reporter.stage("rehearse", `way back behind ${released}: did users write since?`);
  await refuseLoss(context, way, mayGoOn);
  const { pass } = plan;
  const work = { context, log, mayGoOn };
  const rest = pass?.rest?.(new Set(way.moves.map(({ collection }) => collection)));
  const judged = await refuseUnfitRest(rest, work, plan, way);
  const fence = await planFence(context);
  mayGoOn();
  await awaitGuardian(context, mayGoOn);
  reporter.stage("close-writes", `by ${fence.fence.how}; readers go on`);
  await context.store.withCanary((canary) => closeWrites(log, fence, canary));
  await context.store.pauseExpiry(log, way);
  // Somebody may have made a view since the plan.
  await context.store.refuseOrphans(way.moves);
  reporter.stage(
    "verify",
    `nobody wrote to ${way.moves.length} ${context.store.things} since ${spec.acceptLossSince ?? released}`,
  );
  const now = await refuseLoss(context, way, mayGoOn);
  await refuseUnfitRest(rest, work, plan, way);
  const collections = await changes(context, way, now, mayGoOn);
  const evidence = pass && judged ? { evidence: passEvidence(pass, judged) } : {};
  return { moves: way.moves, collections, ...evidence };
}

/** What stands now, per collection or table of the things that will step aside. */
type Contents = ReadonlyMap<string, { readonly documents: number; readonly hash: string }>;

/**
 * Looks for writes of users since the releases that are gone back behind; reads only.
 * @throws Refusal with collections and counts, unless the config accepts that loss by name.
 */
export async function refuseLoss(
  context: Context,
  { moves, past }: Extract<Way, { kind: "back" }>,
  mayGoOn: () => void,
): Promise<Contents> {
  const now = new Map<string, { documents: number; hash: string }>();
  const problems: Problem[] = [];
  const mend = `accept the loss by name: slipway:data.acceptLossSince: ${past[0]?.opened.release ?? ""}`;
  for (const { collection: thing } of moves) {
    const then = released(past, thing);
    if (!then) continue;
    const found = await writesSince(context, thing, then, mend, mayGoOn);
    for (const { collection, documentsAfter, hashAfter } of then.changes)
      now.set(collection, { documents: documentsAfter, hash: hashAfter });
    for (const { collection, documents, hash } of found.differences) now.set(collection, { documents, hash });
    problems.push(...found.problems);
  }
  const accepted = past.some(({ opened }) => opened.release === context.spec.acceptLossSince);
  if (problems.length > 0 && !accepted) throw new Refusal("way back", problems);
  return now;
}

/** What the newest of these releases that moved a thing made of it. */
function released(past: readonly RecordState[], thing: string): ReleasedThing | undefined {
  for (const record of past) {
    const found = releasedThing(record, thing);
    if (found) return found;
  }
  return undefined;
}

async function changes(
  context: Context,
  { moves, past }: Extract<Way, { kind: "back" }>,
  now: Contents,
  mayGoOn: () => void,
): Promise<readonly CollectionChange[]> {
  const found: CollectionChange[] = [];
  for (const { collection: thing, staged } of moves) {
    const first = released([...past].reverse(), thing);
    const undone = released(past, thing);
    if (staged !== undefined && first) await refuseDamaged(context, thing, staged, first, mayGoOn);
    const names = new Set(
      [...(undone?.changes ?? []), ...(first?.changes ?? [])].map(({ collection }) => collection),
    );
    for (const collection of names) {
      const before = now.get(collection) ?? { documents: 0, hash: "" };
      const after = first?.changes.find((change) => change.collection === collection);
      const back = undone?.changes.find((change) => change.collection === collection);
      found.push({
        collection,
        ...(thing === collection ? {} : { database: thing }),
        documentsBefore: before.documents,
        documentsAfter: after?.documentsBefore ?? 0,
        added: back?.removed ?? 0,
        changed: back?.changed ?? 0,
        removed: back?.added ?? 0,
        hashBefore: before.hash,
        hashAfter: after?.hashBefore ?? "",
      });
    }
  }
  return found;
}

/** The retained original must still be what the release found. */
async function refuseDamaged(
  { store }: Context,
  thing: string,
  staged: string,
  { record, changes: recorded }: ReleasedThing,
  mayGoOn: () => void,
): Promise<void> {
  const { witness } = record;
  const version = {
    thing,
    actual: staged,
    side: "before",
    changes: recorded,
    depth: "content",
    witness,
  } as const;
  if ((await store.differences(version, mayGoOn)).length > 0) throw damaged(thing, staged);
}

function damaged(collection: string, staged: string): Refusal {
  return new Refusal("way back", [
    {
      where: staged,
      found: `content that is not what ${collection} held before the release`,
      allowed: "the retained original, untouched",
      mend: "restore it from that release's dump",
    },
  ]);
}
