import { chooseFence, type ChosenFence } from "../fence/gate";
import { refuseMissingImages } from "../images-exist";
import type { RecordState } from "../journal/record-state";
import { type Opened, type SchemaState } from "../journal/record-state";
import type { WorkloadImages } from "../cluster/workload-images";
import type { Migration } from "../migrations";
import { compareVersions } from "../migrations/versions";
import { parseBeside } from "../names";
import { type Problem, problemsOf, Refusal } from "../../problem";
import { readSchemaState } from "../journal/schema-state";
import { retainedVersion } from "../swap/retained-version";
import type { Move, Present } from "../swap/move";
import type { Context } from "./context";
import type { Pass } from "./data-store";

/** What kind of release it is, as seen from the data. */
export type Way =
  /** The first release onto a database: every document must obey the configured schema already. */
  | { readonly kind: "adopt" }
  /** New images only: the data stages are empty. */
  | { readonly kind: "code-only" }
  /** Newer data, by migrations. */
  | { readonly kind: "forward"; readonly chain: readonly Migration[] }
  /** The retained originals come back by renames (rule N18). */
  | { readonly kind: "back"; readonly moves: readonly Move[]; readonly past: readonly RecordState[] };

/** Everything that was found out before anything is touched. */
export interface ReleasePlan {
  readonly way: Way;
  /** How data is migrated and validated; none where no data is looked into. */
  readonly pass: Pass | undefined;
  readonly before: SchemaState | undefined;
  readonly from: string;
  readonly to: string;
  readonly workloads: readonly WorkloadImages[];
}

/** Read-only. @throws Refusal with whatever makes the release impossible. */
export async function planRelease(context: Context, token: number): Promise<ReleasePlan> {
  const { spec, store, cluster } = context;
  const [before, present, workloads] = await Promise.all([
    readSchemaState(store.ledger),
    store.present(),
    cluster?.images() ?? [],
    refuseMissingImages(spec.images),
    refuseWhileStopped(context),
  ]);
  const to = spec.schema.version;
  await refuseStrangers(context, present);
  const way = await wayOf(context, before, present, token);
  await store.refuseUnfit(token, way.kind !== "code-only");
  if (way.kind === "back") await store.refuseOrphans(way.moves);
  const pass = await prepare(context, way, before);
  return { way, pass, before, from: before?.version ?? to, to, workloads };
}

/** A release would give pods back to what somebody stopped on purpose (rule H24). */
async function refuseWhileStopped({ spec, cluster }: Context): Promise<void> {
  const problems = ((await cluster?.stopped()) ?? []).map(({ name, by, at, reason }) => ({
    where: name,
    found: `stopped by ${by} at ${at}: ${reason}`,
    allowed: "an environment that runs",
    mend: `slipway start ${spec.environment}`,
  }));
  if (problems.length > 0) throw new Refusal("the red button is pressed", problems);
}

async function prepare(
  context: Context,
  way: Way,
  before: SchemaState | undefined,
): Promise<Pass | undefined> {
  const { spec, store, reporter } = context;
  if (way.kind === "code-only") return undefined;
  const needs = {
    chain: way.kind === "forward" ? way.chain : [],
    schema: spec.schema,
    ...(before ? { before: { package: spec.schema.package, version: before.version } } : {}),
  };
  try {
    return await store.prepare(needs, context);
  } catch (error) {
    // On a bad night the way back must not hang on a package that can't be fetched: the originals were judged when they were live.
    if (way.kind !== "back" || !(error instanceof Refusal)) throw error;
    reporter.warn(
      `what stays on the way back is not judged by schema ${spec.schema.version}: ${error.message}`,
    );
    return undefined;
  }
}

/**
 * How writes would be closed, by a user who may do what comes after that too. Read-only.
 * @throws Refusal where they can't be, with every right that is missing.
 */
export async function planFence({ spec, store, cluster }: Context): Promise<ChosenFence> {
  const missing = await store.missingRights();
  const chosen = chooseFence(store.fences(cluster), spec.store.closeWrites, store.userGuide);
  if (missing.length === 0) return chosen;
  const others = await chosen.then(() => [], problemsOf);
  throw new Refusal("the release's user", [...missing, ...others]);
}

/** The plan as the journal's opening tells it. */
export function openingOf({ spec }: Context, plan: ReleasePlan | undefined): Opened {
  const { system, environment, release, hash, operator, schema, deadline, guardian } = spec;
  const to = schema.version;
  return {
    system,
    environment,
    release,
    hash,
    operator,
    schema: { package: schema.package, from: plan?.from ?? to, to },
    before: plan?.before ?? null,
    images: spec.images.map(({ name, repository, tag, digest }) => {
      const from = runningImage(plan?.workloads ?? [], repository);
      const pinned = { name, to: `${repository}:${tag}@${digest}` };
      return from === undefined ? pinned : { ...pinned, from };
    }),
    workloads: plan?.workloads ?? [],
    migrations:
      plan?.way.kind === "forward"
        ? plan.way.chain.map(({ id, hash: content }) => ({ id, hash: content }))
        : [],
    undoes: plan?.way.kind === "back" ? plan.way.past.map(({ id }) => id) : [],
    ...(deadline === undefined ? {} : { deadline }),
    ...(guardian === undefined ? {} : { guardian: guardian.attempt }),
  };
}

async function wayOf(
  context: Context,
  before: SchemaState | undefined,
  present: Present,
  token: number,
): Promise<Way> {
  const { spec, processor } = context;
  const to = spec.schema.version;
  if (!before) return { kind: "adopt" };
  if (compareVersions(before.version, to) === 0) return { kind: "code-only" };
  if (compareVersions(to, before.version) < 0) {
    const retained = await retainedVersion(context.journal, before.version, to, present, token);
    if (retained) return { kind: "back", ...retained };
  }
  const list = await processor.migrations(spec.migrations);
  return { kind: "forward", chain: list.chain(spec.schema.package, before.version, to) };
}

function runningImage(workloads: readonly WorkloadImages[], repository: string): string | undefined {
  return workloads
    .flatMap(({ containers }) => containers)
    .find(({ image }) => image.startsWith(`${repository}:`) || image.startsWith(`${repository}@`))?.image;
}

/** Names like ours that no journal knows: somebody deleted the journal, or made them (fault group 7). */
async function refuseStrangers({ journal, store }: Context, present: Present): Promise<void> {
  const known = new Set((await journal.openings()).map(({ token }) => token));
  const problems = [...present.keys()].flatMap((name): readonly Problem[] => {
    const beside = parseBeside(name);
    if (!beside || known.has(beside.token)) return [];
    return [
      {
        where: `${store.name}.${name}`,
        found: `a version of release token ${beside.token}, which the journal does not know`,
        allowed: "only what belongs to a release that is in the journal",
        mend: 'nothing was dropped: see "The journal is gone" in docs/data-bad-night.md',
      },
    ];
  });
  if (problems.length > 0) throw new Refusal("journal", problems);
}
