import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkerPool } from "../validation/worker-pool";
import { buildVersion } from "./build-version";
import { CollectionPass } from "./collection-pass";
import { danglingReferences } from "./dangling-references";
import { InvalidReport } from "./invalid-report";
import { Losses } from "./losses";
import { type Prepared, prepareData } from "./prepare";
import type { ProcessReport, ProcessRequest } from "./report";
import { Tally } from "./tally";
import type { Version } from "./version";

/**
 * Migrates and validates a whole database in one pass, read-only towards its source. Changed collections go to the sink in
 * their new shape; everything else is only hashed and judged. Memory stays bounded by a few blocks per thread.
 * @param prepared what `prepareData` made; made here where it isn't given.
 * @throws Refusal when a migration raises or makes something that can't stand. Invalid documents are no error: they are
 *   in the report, all of them (rules N12, N13).
 */
export async function processData(request: ProcessRequest, prepared?: Prepared): Promise<ProcessReport> {
  const ready = prepared ?? (await prepareData(request.chain, request.schema, request.before));
  const scratch = await mkdtemp(join(request.scratch ?? tmpdir(), "slipway-process-"));
  const pool = new WorkerPool({ after: ready.schema, ...(ready.before && { before: ready.before }) });
  let version: Version | undefined;
  try {
    version = await buildVersion(request, ready, pool, scratch);
    return await new Pass(request, ready, pool, scratch, version).run();
  } finally {
    await version?.close();
    await pool.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

class Pass {
  readonly #tally = new Tally();
  readonly #changed: string[] = [];
  #mended = 0;

  constructor(
    private readonly request: ProcessRequest,
    private readonly prepared: Prepared,
    private readonly pool: WorkerPool,
    private readonly scratch: string,
    private readonly version: Version,
  ) {}

  async run(): Promise<ProcessReport> {
    const { version, request } = this;
    const source = await request.source.collections();
    for (const name of [...source, ...version.collections]) this.#tally.row(name);
    const report = await InvalidReport.open(request.reportFile);
    try {
      const passes = await this.#readAll(report);
      const losses = await Losses.read(version, this.#tally);
      await report.close();
      const dangling = await danglingReferences(version, this.pool, passes, losses.goneIds);
      const collections = this.#tally.changes();
      return {
        collections,
        changed: this.#changed,
        touched: [...version.touched].sort(),
        created: version.collections.filter((name) => !source.includes(name) && !version.renames.has(name)),
        renamed: [...version.renames].map(([to, from]) => ({ from, to })),
        deleted: losses.deletedCollections(version.deleted.filter((name) => source.includes(name))),
        unjudged: collections
          .filter(({ collection }) => version.collections.includes(collection) && !this.#isJudged(collection))
          .map(({ collection, documentsAfter }) => ({ collection, documents: documentsAfter })),
        invalid: report.first,
        totals: {
          documentsBefore: sum(collections.map(({ documentsBefore }) => documentsBefore)),
          documentsAfter: sum(collections.map(({ documentsAfter }) => documentsAfter)),
          ...report.counts,
          mended: this.#mended,
          removed: losses.total,
          dangling: dangling.total,
        },
        removed: losses.first,
        dangling: dangling.first,
        reportFile: report.file,
      };
    } catch (error) {
      report.abandon();
      throw error;
    }
  }

  async #readAll(report: InvalidReport): Promise<readonly CollectionPass[]> {
    const passes: CollectionPass[] = [];
    let done = 0;
    for (const collection of this.version.collections) {
      const pass = new CollectionPass(collection, this.version, this.pool, this.#tally, report);
      passes.push(pass);
      await pass.run({
        judged: this.#isJudged(collection),
        scratch: this.scratch,
        ...(this.request.sink && { sink: this.request.sink }),
        progress: (documents) => {
          this.request.signal?.throwIfAborted();
          done += documents;
          this.request.progress?.(done, collection);
        },
      });
      this.#mended += pass.mended;
      if (pass.changed) this.#changed.push(collection);
    }
    return passes;
  }

  /** A collection that neither schema knows is none of the schema's business: the system's own bookkeeping. */
  #isJudged(collection: string): boolean {
    const { schema, before } = this.prepared;
    if (schema.classes.has(collection) || !before) return true;
    const source = this.version.renames.get(collection) ?? collection;
    return source !== collection || before.classes.has(source) || this.version.gains(collection);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
