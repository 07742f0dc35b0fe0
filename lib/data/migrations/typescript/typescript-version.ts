import { BSON } from "mongodb";
import { type Problem, Refusal } from "../../../problem";
import { frames } from "../../bson-frames";
import type { WorkerPool } from "../../validation/worker-pool";
import type { Migration } from "../migration";
import type { Loss, SourceDocument, Trace, TracedBlock, Version } from "../version";
import type { TypeScriptMigration } from "./define";
import type { ChangedBlock } from "./transform";

const mostProblems = 50;

/**
 * A version made by a TypeScript step: documents are transformed in the pool's threads while they are read.
 * @throws Refusal when the step names a collection that does not exist, or a name twice (rule N12).
 */
export function migrateByTypeScript(
  migration: Migration,
  functions: TypeScriptMigration,
  before: Version,
  pool: WorkerPool,
): Version {
  refuseNames(migration, functions, before);
  return new TypeScriptVersion(migration, functions, before, pool);
}

function refuseNames(migration: Migration, functions: TypeScriptMigration, before: Version): void {
  const { collections = {}, renames = {}, deletes = {}, creates = {}, mayBeMissing = [] } = functions;
  const existing = new Set(before.collections);
  const named = new Set([...Object.keys(collections), ...Object.keys(renames), ...Object.keys(deletes)]);
  const missing = [...named].filter((name) => !existing.has(name) && !mayBeMissing.includes(name));
  const taken = [...Object.keys(creates), ...Object.values(renames)].filter((name) => existing.has(name));
  const file = migration.step.kind === "typescript" ? migration.step.file : migration.id;
  const problems: Problem[] = [
    ...missing.map((name) => ({
      where: migration.id,
      found: `the name of a collection that does not exist: ${name}`,
      allowed: `the collections ${[...existing].sort().join(", ")}`,
      mend: `correct the name in ${file}, or list it under mayBeMissing`,
    })),
    ...taken.map((name) => ({
      where: migration.id,
      found: `a new collection ${name}, which exists`,
      allowed: "new names for created and renamed collections",
      mend: `edit ${file}`,
    })),
  ];
  if (problems.length > 0) throw new Refusal(`migration ${migration.id}`, problems);
}

class TypeScriptVersion implements Version {
  readonly collections: readonly string[];
  readonly renames: ReadonlyMap<string, string>;
  readonly touched: ReadonlySet<string>;
  readonly deleted: readonly string[];
  /** By collection, so that reading one again doesn't count its losses twice. */
  readonly #losses = new Map<string, Loss[]>();
  readonly #oldNames: ReadonlyMap<string, string>;

  constructor(
    private readonly migration: Migration,
    private readonly functions: TypeScriptMigration,
    private readonly before: Version,
    private readonly pool: WorkerPool,
  ) {
    const { collections = {}, renames = {}, deletes = {}, creates = {} } = functions;
    const gone = new Set([...Object.keys(deletes), ...Object.keys(renames)]);
    const renamed = Object.entries(renames).filter(([from]) => before.collections.includes(from));
    this.#oldNames = new Map(renamed.map(([from, to]) => [to, from]));
    this.collections = [
      ...before.collections.filter((name) => !gone.has(name)),
      ...renamed.map(([, to]) => to),
      ...Object.keys(creates),
    ];
    this.renames = new Map([
      ...[...before.renames].filter(([name]) => !gone.has(name)),
      ...renamed.map(([from, to]) => [to, before.renames.get(from) ?? from] as const),
    ]);
    this.touched = new Set([
      ...before.touched,
      ...Object.keys(collections),
      ...gone,
      ...Object.keys(creates),
    ]);
    this.deleted = [
      ...before.deleted,
      ...Object.keys(deletes).flatMap((name) =>
        before.collections.includes(name) ? [before.renames.get(name) ?? name] : [],
      ),
    ];
  }

  mayDiffer(collection: string): boolean {
    const old = this.#oldNames.get(collection);
    if (old !== undefined || this.functions.creates?.[collection]) return true;
    return this.functions.collections?.[collection] !== undefined || this.before.mayDiffer(collection);
  }

  gains(collection: string): boolean {
    if (this.functions.creates?.[collection]) return true;
    return this.before.gains(this.#oldNames.get(collection) ?? collection);
  }

  async *read(collection: string): AsyncIterable<TracedBlock> {
    const created = this.functions.creates?.[collection];
    if (created) {
      const parts = created.map((document) => BSON.serialize(document));
      if (parts.length === 0) return;
      const block = { collection, bytes: Buffer.concat(parts), documents: parts.length };
      yield { block, traces: parts.map((_, index) => ({ index })) };
      return;
    }
    const old = this.#oldNames.get(collection) ?? collection;
    if (!this.functions.collections?.[old]) {
      for await (const { block, traces } of this.before.read(old))
        yield { block: { ...block, collection }, traces };
      return;
    }
    yield* this.#transformed(collection, old);
  }

  async *losses(): AsyncIterable<Loss> {
    yield* this.before.losses();
    for (const losses of this.#losses.values()) yield* losses;
    for (const [name, reason] of Object.entries(this.functions.deletes ?? {})) {
      if (!this.before.collections.includes(name)) continue;
      for await (const traced of this.before.read(name)) {
        let index = 0;
        const earlier = byIndex(traced.traces);
        for (const bytes of frames(traced.block.bytes, name)) {
          const original = this.#original(name, bytes, earlier.get(index++));
          if (original) yield { original, reason };
        }
      }
    }
  }

  async close(): Promise<void> {
    await this.before.close();
  }

  async *#transformed(collection: string, old: string): AsyncIterable<TracedBlock> {
    const file = this.migration.step.kind === "typescript" ? this.migration.step.file : "";
    const problems: Problem[] = [];
    const losses: Loss[] = [];
    this.#losses.set(old, losses);
    for await (const traced of this.before.read(old)) {
      const made = await this.pool.run<"transform">({
        do: "transform",
        file,
        collection: old,
        bytes: traced.block.bytes,
      });
      problems.push(...made.problems.map((problem) => this.#problem(old, problem)));
      if (problems.length > mostProblems) break;
      const given = [...frames(traced.block.bytes, old)];
      const earlier = byIndex(traced.traces);
      for (const { origin, reason } of made.removed) {
        const original = this.#original(old, given[origin] ?? new Uint8Array(), earlier.get(origin));
        if (original) losses.push({ original, reason });
      }
      const block = { collection, bytes: made.bytes, documents: made.documents };
      const lost = made.removed.length;
      if (problems.length === 0) yield { block, traces: this.#traces(old, given, earlier, made), lost };
    }
    if (problems.length > 0) throw new Refusal(`migration ${this.migration.id}`, problems);
  }

  #traces(
    collection: string,
    given: readonly Uint8Array[],
    earlier: ReadonlyMap<number, Trace>,
    made: ChangedBlock,
  ): readonly Trace[] {
    const changed = new Set(made.changed);
    return made.origins.flatMap((origin, index) => {
      if (!changed.has(index) && !earlier.has(origin)) return [];
      const original = this.#original(collection, given[origin] ?? new Uint8Array(), earlier.get(origin));
      return [original ? { index, original } : { index }];
    });
  }

  #original(collection: string, bytes: Uint8Array, earlier: Trace | undefined): SourceDocument | undefined {
    if (earlier) return earlier.original;
    return { collection: this.before.renames.get(collection) ?? collection, bytes };
  }

  #problem(collection: string, { id, found }: { readonly id: string; readonly found: string }): Problem {
    return {
      where: `${collection}, _id ${id}`,
      found,
      allowed: "the document with the same _id, or removed(reason); the same in every run",
      mend: `edit ${this.migration.step.kind === "typescript" ? this.migration.step.file : this.migration.id}`,
    };
  }
}

function byIndex(traces: readonly Trace[]): ReadonlyMap<number, Trace> {
  return new Map(traces.map((trace) => [trace.index, trace]));
}
