import type { Json } from "../../content-hash";
import { Refusal } from "../../problem";
import type { Context } from "./context";

/** How long a guardian's sign of life counts, in milliseconds. */
const goodFor = 15_000;
const askEvery = 250;

/** Where the sign stands among what holds in the database. */
const place = "guardian";

/** A guardian's sign of life. */
interface Sign {
  /** The attempt that it stays for. */
  readonly attempt: string;
  /** ISO 8601, by the server's clock. */
  readonly until: string;
  /** Why it could not act; null where it could. */
  readonly trouble: string | null;
}

/** A guardian says that it is on watch, or what keeps it from acting. To be said again before half of its time is over. */
export async function signWatch({ spec, store }: Context, trouble: string | undefined): Promise<void> {
  const until = new Date((await store.now()).getTime() + goodFor).toISOString();
  const sign: Sign = { attempt: attemptOf(spec), until, trouble: trouble ?? null };
  await store.ledger.documents.write(place, { ...sign });
}

/** How often a guardian says it, in milliseconds. */
export const signEvery = goodFor / 3;

/** A guardian goes off watch; the sign of another stays. */
export async function endWatch(context: Pick<Context, "spec" | "store">): Promise<void> {
  const sign = await readSign(context);
  if (sign?.attempt === attemptOf(context.spec)) await context.store.ledger.documents.write(place, undefined);
}

/** Whether a guardian is on watch now, for whichever attempt. */
export async function isWatched(context: Pick<Context, "store">): Promise<boolean> {
  const sign = await readSign(context);
  return sign !== undefined && isFresh(sign, await context.store.now()) && sign.trouble === null;
}

/**
 * Waits until the guardian of this attempt is on watch, where the release is to have one: before that nothing may be closed.
 * @throws Refusal that says what keeps it from its post.
 */
export async function awaitGuardian(context: Context, mayGoOn: () => void): Promise<void> {
  const { guardian } = context.spec;
  if (!guardian) return;
  const until = performance.now() + guardian.readyWithin * 1000;
  for (;;) {
    mayGoOn();
    const sign = await readSign(context);
    const ours = sign?.attempt === guardian.attempt && isFresh(sign, await context.store.now());
    if (ours && sign.trouble === null) return;
    if (performance.now() > until) throw await refusal(context, ours ? sign.trouble : null);
    await context.signs.wait(askEvery);
  }
}

async function readSign({ store }: Pick<Context, "store">): Promise<Sign | undefined> {
  return (await store.ledger.documents.read(place)) as (Sign & Json) | undefined;
}

function isFresh({ until }: Sign, now: Date): boolean {
  return Date.parse(until) > now.getTime();
}

function attemptOf({ guardian }: Context["spec"]): string {
  return guardian?.attempt ?? "";
}

async function refusal({ spec, cluster }: Context, says: string | null): Promise<Refusal> {
  const { namespace = "" } = spec.cluster ?? {};
  const seen = (await cluster?.podTroubles(guardianLabel).catch(() => [])) ?? [];
  const found = says ?? (seen.length === 0 ? "no sign of life in the database" : seen.join("; "));
  return new Refusal("guardian", [
    {
      where: `slipway:data.guardian, its Job in namespace ${namespace}`,
      found,
      allowed: `a guardian on watch within ${spec.guardian?.readyWithin ?? 0} s, before writes are closed`,
      mend: `look: kubectl -n ${namespace} describe job,pod -l ${guardianLabel}; then pulumi up`,
    },
  ]);
}

/** The label of everything that belongs to a guardian in the cluster. */
export const guardianLabel = "slipway.dev/role=guardian";
