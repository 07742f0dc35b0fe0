import { either, type ExpiringIndex, type PausedExpiry } from "../fence/expiring-index";
import { expiringIndexes, pauseExpiry } from "../fence/expiry";
import { withCanary } from "../fence/fences";
import { closeWrites } from "../fence/gate";
import type { RecordLog } from "../journal/record-log";
import type { RecordState, SwapIntent } from "../journal/record-state";
import { type Problem, Refusal } from "../../problem";
import type { CollectionChange } from "../protocol";
import type { Context } from "./context";
import { scan } from "./forward";
import { planFence, type Way } from "./plan";
import { usersWrites } from "./users-writes";

/**
 * The way back: the retained originals come back by renames, after it was proved that nobody wrote to the new data (rule N18).
 * @throws Refusal with collections and counts when users have written since, unless the config accepts that loss by name.
 */
export async function wayBack(
  context: Context,
  log: RecordLog,
  way: Extract<Way, { kind: "back" }>,
  mayGoOn: () => void,
): Promise<SwapIntent> {
  const { reporter, spec } = context;
  const released = way.past.map(({ opened }) => opened.release).join(", ");
  reporter.stage("rehearse", `way back behind ${released}: did users write since?`);
  await refuseLoss(context, way, mayGoOn);
  const fence = await planFence(context);
  mayGoOn();
  reporter.stage("close-writes", `by ${fence.fence.how}; readers go on`);
  await withCanary(context, (canary) => closeWrites(log, fence, canary));
  await pauseExpiry(context.store.db, log, await expiryOf(context, way));
  reporter.stage(
    "verify",
    `nobody wrote to ${way.moves.length} collections since ${spec.acceptLossSince ?? released}`,
  );
  const now = await refuseLoss(context, way, mayGoOn);
  return { moves: way.moves, collections: await changes(context, way, now, mayGoOn) };
}

/** When documents of what steps aside expire; and when those of the originals did, for after the swap. */
async function expiryOf(
  { store }: Context,
  { moves, past }: Extract<Way, { kind: "back" }>,
): Promise<PausedExpiry> {
  const stepsAside = moves.filter(({ action }) => action !== "create").map(({ collection }) => collection);
  const indexes = await expiringIndexes(store.db, stepsAside);
  // The oldest release that is undone has seen the original as it comes back.
  const returning = past.reduce<readonly ExpiringIndex[]>(
    (newer, { expiring }) => either(expiring, newer),
    [],
  );
  return { indexes, returning };
}

/** Content of the collections that will step aside, by name. */
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
  for (const { collection } of moves) {
    const hash = await scan(context, collection, collection, mayGoOn);
    now.set(collection, { documents: hash.documents, hash: hash.toString() });
    const then = released(past, collection);
    if (then === undefined || then.change.hashAfter === hash.toString()) continue;
    const mend = `accept the loss by name: slipway:data.acceptLossSince: ${past[0]?.opened.release ?? ""}`;
    const { token, retained } = then;
    const left = { collection, token, documents: then.change.documentsAfter, retained };
    problems.push(await usersWrites(context, left, hash.documents, mend));
  }
  const accepted = past.some(({ opened }) => opened.release === context.spec.acceptLossSince);
  if (problems.length > 0 && !accepted) throw new Refusal("way back", problems);
  return now;
}

/** What one release made of a collection. */
interface ReleasedChange {
  readonly change: CollectionChange;
  readonly token: number;
  readonly retained: string | undefined;
}

/** What the newest release that moved a collection left in it. */
function released(past: readonly RecordState[], collection: string): ReleasedChange | undefined {
  for (const { swap, token } of past) {
    const move = swap?.moves.find((one) => one.collection === collection);
    const change = swap?.collections.find((one) => one.collection === collection);
    if (move && change) return { change, token, retained: move.retained };
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
  for (const { collection, staged } of moves) {
    const after = await scan(context, collection, staged ?? `${collection}__none`, mayGoOn);
    const before = now.get(collection) ?? { documents: 0, hash: "" };
    const wanted = released([...past].reverse(), collection)?.change.hashBefore;
    const undone = released(past, collection)?.change;
    if (staged !== undefined && wanted !== undefined && wanted !== after.toString())
      throw damaged(collection, staged);
    found.push({
      collection,
      documentsBefore: before.documents,
      documentsAfter: after.documents,
      added: undone?.removed ?? 0,
      changed: undone?.changed ?? 0,
      removed: undone?.added ?? 0,
      hashBefore: before.hash,
      hashAfter: after.toString(),
    });
  }
  return found;
}

function damaged(collection: string, staged: string): Refusal {
  return new Refusal("way back", [
    {
      where: staged,
      found: `content that is not what ${collection} held before the release`,
      allowed: "the retained original, untouched",
      mend: "restore the collection from that release's dump with mongorestore",
    },
  ]);
}
