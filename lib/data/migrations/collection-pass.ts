import type { DocumentSink } from "../blocks";
import { frames } from "../bson-frames";
import type { BlockFindings } from "../validation/inspect-block";
import type { WorkerPool } from "../validation/worker-pool";
import { AddedIds } from "./added-ids";
import { ChangedCollection } from "./changed-collection";
import type { InvalidReport } from "./invalid-report";
import { bound, type Observe } from "./report";
import type { Tally } from "./tally";
import type { TracedBlock, Version } from "./version";

export interface PassOptions {
  readonly judged: boolean;
  readonly scratch: string;
  readonly sink?: DocumentSink;
  readonly progress: (documents: number) => void;
  readonly observe?: Observe;
}

interface Looking {
  readonly traced: TracedBlock;
  readonly findings: Promise<BlockFindings>;
}

/** Reads one collection of the new version: threads look at its blocks, results are taken up in the blocks' order. */
export class CollectionPass {
  readonly goneIds = new Set<string>();
  readonly idKinds = new Set<string>();
  readonly newReferences: { readonly id: string; readonly target: string }[] = [];
  mended = 0;
  changed = false;

  constructor(
    readonly collection: string,
    private readonly version: Version,
    private readonly pool: WorkerPool,
    private readonly tally: Tally,
    private readonly report: InvalidReport,
  ) {}

  async run({ judged, scratch, sink, progress, observe }: PassOptions): Promise<void> {
    const { collection, version } = this;
    const target = new ChangedCollection(collection, sink, scratch, version.renames.get(collection));
    const ids = version.gains(collection) ? new AddedIds(collection) : undefined;
    if (version.renames.has(collection) || version.gains(collection)) await target.begin();
    const looking: Looking[] = [];
    const takeFirst = async (): Promise<void> => {
      const first = looking.shift();
      if (!first) return;
      const differs = await this.#take(first.traced, await first.findings);
      ids?.add(first.traced.block.bytes);
      if (observe) this.#show(first.traced, observe);
      await target.add(first.traced.block, differs);
      progress(first.traced.block.documents);
    };
    try {
      for await (const traced of version.read(collection)) {
        const findings = this.#look(traced, judged);
        // A thread's failure is reported where its result is taken, not as an unhandled one.
        findings.catch(() => undefined);
        looking.push({ traced, findings });
        if (looking.length >= this.pool.capacity) await takeFirst();
      }
      while (looking.length > 0) await takeFirst();
      ids?.refuseDuplicates();
    } finally {
      await target.end();
    }
    this.changed = target.changed;
  }

  #show({ block, traces }: TracedBlock, observe: Observe): void {
    if (traces.length === 0) return;
    const { collection } = this;
    const documents = [...frames(block.bytes, collection)];
    for (const { index, original } of traces) {
      const bytes = documents[index];
      if (bytes) observe({ collection, bytes, ...(original && { original }) });
    }
  }

  #look({ block, traces }: TracedBlock, judged: boolean): Promise<BlockFindings> {
    const { collection } = this;
    return this.pool.run<"inspect">({
      do: "inspect",
      block: { collection, bytes: block.bytes, judged, traces },
    });
  }

  async #take(traced: TracedBlock, findings: BlockFindings): Promise<boolean> {
    const source = this.version.renames.get(this.collection) ?? this.collection;
    const differs = this.tally.add(this.collection, source, findings, traced.traces);
    for (const entry of findings.invalid) await this.report.add(entry);
    for (const id of findings.goneIds) this.goneIds.add(id);
    for (const kind of findings.idKinds) this.idKinds.add(kind);
    // Bounded: a release that adds references to every document adds no more than this many that lead nowhere, or is wrong.
    if (this.newReferences.length < bound * 500) this.newReferences.push(...findings.newReferences);
    this.mended += findings.mended;
    return differs || (traced.lost ?? 0) > 0;
  }
}
