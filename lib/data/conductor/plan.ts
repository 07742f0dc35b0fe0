import { chooseFence, type ChosenFence } from "../fence/gate";
import { fencesOf } from "../fence/fences";
import { refuseMissingImages } from "../images-exist";
import type { RecordState } from "../journal/record-state";
import { type Opened, type SchemaState } from "../journal/record-state";
import type { WorkloadImages } from "../cluster/workload-images";
import type { Migration } from "../migrations";
import { compareVersions } from "../migrations/versions";
import { parseBeside, refuseLongNames } from "../names";
import { Refusal, type Problem } from "../../problem";
import { type CollectionInfo, listAll, userCollections } from "../store/catalog";
import { readSchemaState } from "../journal/schema-state";
import { retainedVersion } from "../swap/retained-version";
import type { Move } from "../swap/move";
import type { Context, PreparedProcess, ProcessNeeds } from "./context";

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
  /** How documents are migrated and validated; none where no document is looked into. */
  readonly process: (PreparedProcess & { readonly needs: ProcessNeeds }) | undefined;
  readonly before: SchemaState | undefined;
  readonly from: string;
  readonly to: string;
  readonly all: readonly CollectionInfo[];
  readonly live: readonly CollectionInfo[];
  readonly workloads: readonly WorkloadImages[];
}

/** Read-only. @throws Refusal with whatever makes the release impossible. */
export async function planRelease(context: Context, token: number): Promise<ReleasePlan> {
  const { spec, store, cluster } = context;
  const [before, all, workloads] = await Promise.all([
    readSchemaState(store.ledger),
    listAll(store.db),
    cluster?.images() ?? [],
    refuseMissingImages(spec.images),
    refuseWhileStopped(context),
  ]);
  const live = userCollections(all);
  const to = spec.schema.version;
  await refuseStrangers(context, all);
  refuseLongNames(
    store.db.databaseName,
    live.map(({ name }) => name),
    token,
  );
  const way = await wayOf(context, before, all, token);
  if (way.kind !== "code-only") refuseUnsafe(live);
  const process = await prepare(context, way, before);
  return { way, process, before, from: before?.version ?? to, to, all, live, workloads };
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
  { spec, processor, reporter }: Context,
  way: Way,
  before: SchemaState | undefined,
): Promise<ReleasePlan["process"]> {
  if (way.kind !== "forward" && way.kind !== "adopt") return undefined;
  const needs = {
    chain: way.kind === "forward" ? way.chain : [],
    schema: spec.schema,
    ...(before ? { before: { package: spec.schema.package, version: before.version } } : {}),
  };
  const prepared = await processor.prepare(needs, spec.migrations, (says) => {
    reporter.stage("plan", says);
  });
  return { ...prepared, needs };
}

/** How writes would be closed. Read-only. @throws Refusal where they can't be. */
export function planFence(context: Context): Promise<ChosenFence> {
  return chooseFence(fencesOf(context), context.spec.store.closeWrites);
}

/** The plan as the journal's opening tells it. */
export function openingOf({ spec }: Context, plan: ReleasePlan | undefined): Opened {
  const { system, environment, release, hash, operator, schema, deadline } = spec;
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
  };
}

async function wayOf(
  context: Context,
  before: SchemaState | undefined,
  all: readonly CollectionInfo[],
  token: number,
): Promise<Way> {
  const { spec, processor } = context;
  const to = spec.schema.version;
  if (!before) return { kind: "adopt" };
  if (compareVersions(before.version, to) === 0) return { kind: "code-only" };
  if (compareVersions(to, before.version) < 0) {
    const retained = await retainedVersion(context.journal, before.version, to, all, token);
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
async function refuseStrangers({ journal, store }: Context, all: readonly CollectionInfo[]): Promise<void> {
  const known = new Set((await journal.openings()).map(({ token }) => token));
  const problems = all.flatMap(({ name }): readonly Problem[] => {
    const beside = parseBeside(name);
    if (!beside || known.has(beside.token)) return [];
    return [
      {
        where: `${store.db.databaseName}.${name}`,
        found: `a collection of release token ${beside.token}, which the journal does not know`,
        allowed: "only collections whose release is in the journal",
        mend: 'nothing was dropped: see "The journal is gone" in docs/data-bad-night.md',
      },
    ];
  });
  if (problems.length > 0) throw new Refusal("journal", problems);
}

/** What can't be swapped by renames without a loss. */
function refuseUnsafe(live: readonly CollectionInfo[]): void {
  const problems = live
    .filter(({ type, options }) => type === "timeseries" || options["capped"] === true)
    .map(({ name, type }) => ({
      where: name,
      found: type === "timeseries" ? "a time series collection" : "a capped collection",
      allowed: "ordinary collections: these can't be renamed, or would evict documents while they are loaded",
      mend: "move it to a database of its own",
    }));
  if (problems.length > 0) throw new Refusal("collections", problems);
}
