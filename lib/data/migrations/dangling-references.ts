import type { WorkerPool } from "../validation/worker-pool";
import { idKind } from "../validation/references";
import type { CollectionPass } from "./collection-pass";
import { type Beside, bound, type DanglingReference, type OpenReferences } from "./report";
import type { TracedBlock, Version } from "./version";

/** Ids that the new version is looked through for. */
export interface AskedIds {
  /** Is there a document with it? */
  readonly all: ReadonlySet<string>;
  /** Does a document refer to it? Some of `all`. */
  readonly gone: ReadonlySet<string>;
}

/** What a look through the new version found of the ids that were asked for. */
export interface SeenReferences {
  readonly present: ReadonlySet<string>;
  readonly referring: readonly {
    readonly collection: string;
    readonly id: string;
    readonly target: string;
  }[];
}

/** What the passes saw and could not follow by themselves. */
export function openReferences(
  passes: readonly CollectionPass[],
  lostIds: ReadonlySet<string>,
): OpenReferences {
  return {
    gone: [...new Set([...lostIds, ...passes.flatMap((pass) => [...pass.goneIds])])],
    added: passes.flatMap(({ newReferences, collection }) =>
      newReferences.map((reference) => ({ ...reference, collection })),
    ),
  };
}

/**
 * References that lead nowhere after the release and did before, or are new (rule N13). Most releases touch no id; then
 * nothing is read. Otherwise the new version is looked through once more, for the ids in question only.
 * @param kinds kinds of ids in the whole new version.
 * @param look looks through all of the new version.
 */
export async function danglingReferences(
  open: OpenReferences,
  kinds: Iterable<string>,
  look: (asked: AskedIds) => Promise<SeenReferences>,
): Promise<{ readonly first: readonly DanglingReference[]; readonly total: number }> {
  const gone = new Set(open.gone);
  const known = new Set([...kinds, ...open.gone.map((id) => idKind(id) ?? "")]);
  const added = open.added.filter(({ target }) => known.has(idKind(target) ?? "") && !gone.has(target));
  const asked = new Set([...gone, ...added.map(({ target }) => target)]);
  if (asked.size === 0) return { first: [], total: 0 };
  const { present, referring } = await look({ all: asked, gone });
  const dangling: readonly DanglingReference[] = [
    ...referring
      .filter(({ target }) => !present.has(target))
      .map((one) => ({ ...one, why: "target-removed" as const })),
    ...added
      .filter(({ target }) => !present.has(target))
      .map((one) => ({ ...one, why: "new-reference" as const })),
  ];
  return { first: dangling.slice(0, bound), total: dangling.length };
}

/** Looks through the collections of the passes, and through what stands beside them. */
export async function lookThrough(
  { all, gone }: AskedIds,
  {
    version,
    pool,
    passes,
    beside,
  }: {
    readonly version: Version;
    readonly pool: WorkerPool;
    readonly passes: readonly CollectionPass[];
    readonly beside?: Beside | undefined;
  },
): Promise<SeenReferences> {
  const present = new Set<string>();
  const referring: SeenReferences["referring"][number][] = [];
  const look = async (collection: string, { block, traces }: TracedBlock): Promise<void> => {
    const inspect = { collection, bytes: block.bytes, judged: false, traces };
    const found = await pool.run<"look-for">({ do: "look-for", block: inspect, ids: all });
    for (const id of found.present) present.add(id);
    const lost = found.referring.filter(({ target }) => gone.has(target));
    referring.push(...lost.map((one) => ({ ...one, collection })));
  };
  for (const { collection } of passes) {
    for await (const traced of version.read(collection)) await look(collection, traced);
  }
  for (const collection of (await beside?.source.collections()) ?? []) {
    for await (const block of beside?.source.read(collection) ?? [])
      await look(collection, { block, traces: [] });
  }
  return { present, referring };
}
