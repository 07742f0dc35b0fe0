import { type Problem, Refusal } from "../../../problem";
import type { Loss, SourceDocument, Trace, TracedBlock, Version } from "../version";
import type { MigratorOutcome, MigratorProcess } from "./migrator-process";

/**
 * Runs a step's migrator over a version. The collections that it asks for go through its process and are then read from
 * there; all others pass by.
 * @throws Refusal when the migrator raises, or names a collection that does not exist (rule N12).
 */
export async function migrateByPython(migrator: MigratorProcess, before: Version): Promise<Version> {
  // What earlier steps did to a document, by collection and position, so that it is compared with the source's in the end.
  const earlier = new Map<string, Map<number, Trace>>();
  const ready = await migrator.receiveMessage();
  if (ready.event !== "ready") throw migrator.refusal(`"${ready.event}" before it was ready`);
  await migrator.sendMessage({ collections: before.collections });
  for (;;) {
    const said = await migrator.receiveMessage();
    if (said.event === "need") earlier.set(said.collection, await feed(migrator, before, said.collection));
    else if (said.event === "done") {
      refuseMissing(migrator, said, before);
      return new PythonVersion(migrator, before, said, earlier);
    } else throw migrator.refusal(`"${said.event}" while it was running`);
  }
}

async function feed(
  migrator: MigratorProcess,
  before: Version,
  collection: string,
): Promise<Map<number, Trace>> {
  const traces = new Map<number, Trace>();
  let position = 0;
  for await (const traced of before.read(collection)) {
    for (const trace of traced.traces) traces.set(position + trace.index, trace);
    position += traced.block.documents;
    await migrator.sendBlock(traced.block.bytes);
  }
  await migrator.sendEnd();
  return traces;
}

function refuseMissing(migrator: MigratorProcess, outcome: MigratorOutcome, before: Version): void {
  const problems = outcome.missing.map((collection): Problem => ({
    where: migrator.migration.id,
    found: `the name of a collection that does not exist: ${collection}`,
    allowed: `the collections ${[...before.collections].sort().join(", ")}`,
    mend: `if it may be missing, say so under mayBeMissing in ${migrator.migration.id}/migration.yaml; otherwise the migrator names the wrong collection`,
  }));
  if (problems.length > 0) throw new Refusal(`migration ${migrator.migration.id}`, problems);
}

class PythonVersion implements Version {
  readonly collections: readonly string[];
  readonly renames: ReadonlyMap<string, string>;
  readonly touched: ReadonlySet<string>;
  readonly deleted: readonly string[];

  constructor(
    private readonly migrator: MigratorProcess,
    private readonly before: Version,
    private readonly outcome: MigratorOutcome,
    private readonly earlier: ReadonlyMap<string, ReadonlyMap<number, Trace>>,
  ) {
    const gone = new Set([...outcome.renamed.map(([from]) => from), ...outcome.deleted]);
    const made = Object.keys(outcome.collections);
    this.collections = [...new Set([...before.collections.filter((name) => !gone.has(name)), ...made])];
    this.renames = new Map(
      this.collections.flatMap((name): [string, string][] => {
        const origin = this.#origin(name);
        const source = before.renames.get(origin) ?? origin;
        return source !== "" && source !== name && before.collections.includes(origin)
          ? [[name, source]]
          : [];
      }),
    );
    this.touched = new Set([...before.touched, ...outcome.touched]);
    this.deleted = [...before.deleted, ...outcome.deleted.map((name) => before.renames.get(name) ?? name)];
  }

  mayDiffer(collection: string): boolean {
    const made = this.outcome.collections[collection];
    if (!made) return this.before.mayDiffer(collection);
    return made.dirty || made.origin !== collection || this.before.mayDiffer(collection);
  }

  gains(collection: string): boolean {
    return (
      (this.outcome.collections[collection]?.added ?? 0) > 0 || this.before.gains(this.#origin(collection))
    );
  }

  async *read(collection: string): AsyncIterable<TracedBlock> {
    const made = this.outcome.collections[collection];
    if (!made) {
      yield* this.before.read(collection);
      return;
    }
    const lost = made.removed;
    if (lost > 0) yield { block: { collection, bytes: new Uint8Array(), documents: 0 }, traces: [], lost };
    const origin = this.#origin(collection);
    await this.migrator.sendMessage({ do: "read", collection });
    for (;;) {
      const said = await this.migrator.receiveMessage();
      if (said.event !== "block") return;
      const { payload: bytes } = await this.migrator.receive();
      const originals = splitDocuments((await this.migrator.receive()).payload);
      const documents = countDocuments(bytes);
      const traces = this.#traces(origin, said, documents, originals);
      yield { block: { collection, bytes: Uint8Array.from(bytes), documents }, traces };
    }
  }

  async *losses(): AsyncIterable<Loss> {
    yield* this.before.losses();
    await this.migrator.sendMessage({ do: "removed" });
    for (
      let frame = await this.migrator.receive();
      frame.kind !== "E";
      frame = await this.migrator.receive()
    ) {
      const removed = JSON.parse(frame.payload.toString()) as {
        collection: string;
        origin: number;
        reason: string;
      };
      const original = this.#original(
        removed.collection,
        removed.origin,
        (await this.migrator.receive()).payload,
      );
      if (original) yield { original, reason: removed.reason };
    }
  }

  async close(): Promise<void> {
    await this.migrator.close();
    await this.before.close();
  }

  #origin(collection: string): string {
    return this.outcome.collections[collection]?.origin ?? collection;
  }

  #traces(
    origin: string,
    said: { readonly changed: readonly number[]; readonly origins: number | readonly number[] },
    documents: number,
    originals: readonly Uint8Array[],
  ): readonly Trace[] {
    const before = this.earlier.get(origin);
    if (typeof said.origins === "number" && said.changed.length === 0 && !before?.size) return [];
    const traces: Trace[] = [];
    let changedAt = 0;
    for (let index = 0; index < documents; index++) {
      const position = typeof said.origins === "number" ? said.origins + index : (said.origins[index] ?? -1);
      const isChanged = said.changed[changedAt] === index;
      const bytes = isChanged ? originals[changedAt++] : undefined;
      if (position < 0) traces.push({ index });
      else if (bytes ?? before?.has(position)) {
        const original = this.#original(origin, position, bytes ?? new Uint8Array());
        traces.push(original ? { index, original } : { index });
      }
    }
    return traces;
  }

  /** The source's document behind one that this step was given; undefined when an earlier step had made it. */
  #original(collection: string, position: number, bytes: Uint8Array): SourceDocument | undefined {
    const trace = this.earlier.get(collection)?.get(position);
    if (trace) return trace.original;
    return { collection: this.before.renames.get(collection) ?? collection, bytes };
  }
}

function splitDocuments(bytes: Buffer): readonly Uint8Array[] {
  const documents: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) {
    documents.push(Uint8Array.from(bytes.subarray(at, at + bytes.readInt32LE(at))));
  }
  return documents;
}

function countDocuments(bytes: Buffer): number {
  let documents = 0;
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) documents += 1;
  return documents;
}
