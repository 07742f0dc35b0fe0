import { type Problem, problemsOf } from "../../problem";
import { RecordState } from "../journal/record-state";
import { previewLimits } from "../preview/extent";
import type { DataPlan } from "../preview/data-plan";
import type { ReleaseRecordData } from "../protocol";
import { refuseLoss } from "./back";
import type { Context } from "./context";
import { openingOf, planFence, planRelease, type ReleasePlan, type Way } from "./plan";
import { status } from "./status";

/**
 * What the release would do to the data: the real run over all of it or over a sample, and nothing written but a temporary
 * folder (rule X2). The right to read is enough; what is left of a crashed release stays as it is (fault 37).
 */
export async function planData(context: Context): Promise<DataPlan> {
  const { journal, store, spec } = context;
  const last = RecordState.from(await journal.newestRecord());
  const { open } = await status(context);
  const begun = await images(context);
  const { order = "data-first" } = spec;
  const nothing = { ...empty(spec.schema.version), order, ...(open && { open }), images: begun };
  let plan: ReleasePlan;
  try {
    plan = await planRelease(context, ((await store.ledger.lock.read())?.token ?? 0) + 1);
  } catch (error) {
    return { ...nothing, problems: problemsOf(error) };
  }
  const about = {
    ...nothing,
    schema: { from: plan.from, to: plan.to },
    migrations: plan.way.kind === "forward" ? plan.way.chain.map(({ id, hash }) => ({ id, hash })) : [],
    images: openingOf(context, plan).images.map((image) => ({
      ...image,
      ...begun.find(({ name, from }) => name === image.name && from !== undefined),
    })),
    problems: await fenceProblems(context, plan),
  };
  if (plan.way.kind === "back") return cameBack(context, plan.way, about);
  // Half of the collections may be the next version's: to run over them would show what nobody will see.
  const isMixed = open !== undefined && last?.swap !== undefined && !last.unswapped;
  if (!plan.pass || isMixed) return about;
  try {
    return { ...about, ...(await plan.pass.preview(context, last)) };
  } catch (error) {
    return { ...about, problems: [...about.problems, ...problemsOf(error)] };
  }
}

/** On the way back: what returns, and what users would lose by it. */
async function cameBack(
  context: Context,
  way: Extract<Way, { kind: "back" }>,
  about: DataPlan,
): Promise<DataPlan> {
  const { store, options } = context;
  const collections = way.moves.map(({ collection }) => collection);
  const counts = await Promise.all(collections.map((collection) => store.estimate(collection)));
  const { whole } = options.preview ?? previewLimits;
  const looked = counts.reduce((sum, count) => sum + count, 0) <= whole;
  const losses = looked ? await refuseLoss(context, way, () => undefined).then(() => [], problemsOf) : [];
  return { ...about, comesBack: { collections, looked }, problems: [...about.problems, ...losses] };
}

/** The release's images, and what each was under the last release that stands. */
async function images({ spec, journal }: Context): Promise<DataPlan["images"]> {
  const standing = (await journal.closings())
    .map(({ detail }) => detail as unknown as ReleaseRecordData)
    .find(({ outcome }) => outcome === "released");
  return spec.images.map(({ name, repository, tag, digest }) => {
    const before = standing?.images.find((image) => image.name === name);
    const image = { name, to: `${repository}:${tag}@${digest}` };
    return before ? { ...image, from: before.to } : image;
  });
}

/** Whoever previews may be allowed less than whoever releases: it is said, and the rest is shown all the same. */
async function fenceProblems(context: Context, { way }: ReleasePlan): Promise<readonly Problem[]> {
  if (way.kind !== "forward" && way.kind !== "back") return [];
  return planFence(context).then(() => [], problemsOf);
}

function empty(version: string): DataPlan {
  return {
    schema: { from: version, to: version },
    migrations: [],
    images: [],
    order: "data-first",
    tried: { documents: 0, of: 0, over: "everything" },
    collections: [],
    validity: { before: 0, after: 0 },
    invalid: [],
    examples: [],
    problems: [],
  };
}
