import type { WorkerPool } from "../validation/worker-pool";
import { CollectionPass } from "./collection-pass";
import { danglingReferences, lookThrough, openReferences } from "./dangling-references";
import type { InvalidReport } from "./invalid-report";
import { Losses } from "./losses";
import type { Prepared } from "./prepare";
import type { OpenReferences, ProcessReport, ProcessRequest } from "./report";
import { Tally } from "./tally";
import { sourceVersion, type Version } from "./version";

/** What a pass works with. */
export interface PassTools {
  readonly request: ProcessRequest;
  readonly prepared: Prepared;
  readonly pool: WorkerPool;
  readonly scratch: string;
  readonly report: InvalidReport;
}

/** One pass over every collection of the new version; those that no migration touches may be looked at before it is there. */
export class DatabasePass {
  readonly #tally = new Tally();
  readonly #passes: CollectionPass[] = [];
  #documents = 0;

  private constructor(private readonly tools: PassTools) {}

  /**
   * @param building the new version, once the migrators have run.
   * @param hint collections that the chain touched when it ran before.
   * @returns undefined when the hint was wrong: then the pass is to be made again, without one.
   */
  static async run(
    tools: PassTools,
    building: Promise<Version>,
    hint: ReadonlySet<string> | undefined,
  ): Promise<ProcessReport | undefined> {
    const pass = new DatabasePass(tools);
    const early = hint ? await pass.#lookEarly(building, hint) : [];
    const version = await building;
    const wrong = early.some((name) => version.mayDiffer(name) || !version.collections.includes(name));
    return wrong ? undefined : pass.#finish(version, new Set(early));
  }

  /** Looks at untouched collections for as long as the migrators run. */
  async #lookEarly(building: Promise<Version>, hint: ReadonlySet<string>): Promise<readonly string[]> {
    const migrators = new AbortController();
    const ended = (): void => {
      migrators.abort();
    };
    building.then(ended, ended);
    const source = await sourceVersion(this.tools.request.source);
    const done: string[] = [];
    for (const collection of source.collections) {
      if (migrators.signal.aborted) break;
      if (hint.has(collection)) continue;
      await this.#look(collection, source);
      done.push(collection);
    }
    return done;
  }

  async #finish(version: Version, early: ReadonlySet<string>): Promise<ProcessReport> {
    const { request, report } = this.tools;
    const source = await request.source.collections();
    const { part } = request;
    const mine = version.collections.filter((name) => part?.looksAt(name, version) ?? true);
    for (const name of [...(part ? [] : source), ...mine]) this.#tally.row(name);
    for (const collection of mine) {
      if (!early.has(collection)) await this.#look(collection, version);
    }
    const losses = await Losses.read(version, this.#tally, request.reports);
    await report.close();
    const references = openReferences(this.#passes, losses.goneIds);
    const idKinds = [...new Set(this.#passes.flatMap((pass) => [...pass.idKinds]))];
    const dangling = part ? { first: [], total: 0 } : await this.#follow(references, version, idKinds);
    const collections = this.#tally.changes();
    return {
      collections,
      changed: this.#passes.filter(({ changed }) => changed).map(({ collection }) => collection),
      touched: [...version.touched].sort(),
      created: version.collections.filter((name) => !source.includes(name) && !version.renames.has(name)),
      renamed: [...version.renames].map(([to, from]) => ({ from, to })),
      deleted: losses.deletedCollections(version.deleted.filter((name) => source.includes(name))),
      unjudged: collections
        .filter(({ collection }) => mine.includes(collection) && !this.#isJudged(collection, version))
        .map(({ collection, documentsAfter }) => ({ collection, documents: documentsAfter })),
      invalid: report.first,
      totals: {
        documentsBefore: sum(collections.map(({ documentsBefore }) => documentsBefore)),
        documentsAfter: sum(collections.map(({ documentsAfter }) => documentsAfter)),
        ...report.counts,
        mended: sum(this.#passes.map(({ mended }) => mended)),
        removed: losses.total,
        dangling: dangling.total,
      },
      removed: losses.first,
      ...(losses.fileHash === undefined ? {} : { removedFileHash: losses.fileHash }),
      dangling: dangling.first,
      idKinds,
      ...(part && { references }),
      reportFile: report.file,
    };
  }

  #follow(
    references: OpenReferences,
    version: Version,
    idKinds: readonly string[],
  ): ReturnType<typeof danglingReferences> {
    const { pool, request } = this.tools;
    const { beside } = request;
    return danglingReferences(references, [...idKinds, ...(beside?.idKinds ?? [])], (asked) =>
      lookThrough(asked, { version, pool, passes: this.#passes, beside }),
    );
  }

  async #look(collection: string, version: Version): Promise<void> {
    const { request, pool, scratch, report } = this.tools;
    const pass = new CollectionPass(collection, version, pool, this.#tally, report);
    this.#passes.push(pass);
    await pass.run({
      judged: this.#isJudged(collection, version),
      scratch,
      ...(request.sink && { sink: request.sink }),
      ...(request.observe && { observe: request.observe }),
      progress: (documents) => {
        request.signal?.throwIfAborted();
        this.#documents += documents;
        request.progress?.(this.#documents, collection);
      },
    });
  }

  /** A collection that neither schema knows is none of the schema's business: the system's own bookkeeping. */
  #isJudged(collection: string, version: Version): boolean {
    const { schema, before } = this.tools.prepared;
    if (schema.classes.has(collection) || !before) return true;
    const source = version.renames.get(collection) ?? collection;
    return source !== collection || before.classes.has(source) || version.gains(collection);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
