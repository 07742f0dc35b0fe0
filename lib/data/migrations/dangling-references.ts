import type { WorkerPool } from "../validation/worker-pool";
import { idKind } from "../validation/references";
import type { CollectionPass } from "./collection-pass";
import { type Beside, bound, type DanglingReference } from "./report";
import type { TracedBlock, Version } from "./version";

/**
 * References that lead nowhere after the release and did before, or are new (rule N13). Most releases touch no id; then
 * nothing is read. Otherwise the new version is looked through once more, for the ids in question only, and what stands
 * beside it too.
 */
export async function danglingReferences(
  version: Version,
  pool: WorkerPool,
  passes: readonly CollectionPass[],
  lostIds: ReadonlySet<string>,
  beside?: Beside,
): Promise<{ readonly first: readonly DanglingReference[]; readonly total: number }> {
  const kinds = new Set([...passes.flatMap((pass) => [...pass.idKinds]), ...(beside?.idKinds ?? [])]);
  for (const id of lostIds) kinds.add(idKind(id) ?? "");
  const gone = new Set([...lostIds, ...passes.flatMap((pass) => [...pass.goneIds])]);
  const added = passes.flatMap((pass) =>
    pass.newReferences
      .filter(({ target }) => kinds.has(idKind(target) ?? "") && !gone.has(target))
      .map((reference) => ({ ...reference, collection: pass.collection })),
  );
  const asked = new Set([...gone, ...added.map(({ target }) => target)]);
  if (asked.size === 0) return { first: [], total: 0 };
  const present = new Set<string>();
  const referring: { readonly collection: string; readonly id: string; readonly target: string }[] = [];
  const look = async (collection: string, { block, traces }: TracedBlock): Promise<void> => {
    const inspect = { collection, bytes: block.bytes, judged: false, traces };
    const found = await pool.run<"look-for">({ do: "look-for", block: inspect, ids: asked });
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
