import type { Db } from "mongodb";
import type { Block, DocumentSource } from "../blocks";
import { DumpingSource } from "../dump/dump";
import type { DumpStorage } from "../dump/storage";
import { OrderFreeHash } from "../order-free-hash";
import { MongoSource } from "../store/mongo-source";
import { dumpFolder } from "./pass-files";
import { passedOf } from "./passed";
import type { Findings, Stretch, WorkPlan } from "./work";

/** Where documents are read, and who says that it is still wanted. */
export interface ReadingPlace {
  readonly db: Db;
  readonly storage: DumpStorage;
  readonly plan: WorkPlan;
  /** Called between blocks. @throws when the lock is another's. */
  readonly mayGoOn: () => Promise<void>;
}

/** A database of which only a stretch of one collection is at hand, and is dumped while it is read. */
export class DumpedStretch implements DocumentSource {
  readonly #names: readonly string[];
  readonly #folder: string;
  readonly #dump: DumpingSource;

  /** @param attempt whose file it is. */
  constructor(
    private readonly stretch: Stretch,
    attempt: string,
    { db, storage, plan, mayGoOn }: ReadingPlace,
  ) {
    const { collection, range } = stretch;
    this.#names = plan.collections;
    this.#folder = dumpFolder(plan.pass, attempt);
    this.#dump = new DumpingSource(
      new MongoSource(db, undefined, range),
      storage.within(this.#folder),
      [collection],
      mayGoOn,
      plan.segmentBytes,
    );
  }

  collections(): Promise<readonly string[]> {
    return Promise.resolve(this.#names);
  }

  async *read(collection: string): AsyncGenerator<Block> {
    if (collection === this.stretch.collection) yield* this.#dump.read(collection);
  }

  /** Where the stretch lies; it is read now, where nobody has. */
  async finish(): Promise<Pick<Findings, "passed" | "dumped">> {
    const { collection } = this.stretch;
    await this.#dump.complete();
    const written = this.#dump.written.get(collection);
    if (!written) throw new Error(`${collection} was not dumped`);
    const { file, hash, segments } = written;
    return { passed: passedOf(collection, hash), dumped: { file: `${this.#folder}/${file}`, segments } };
  }
}

/** Reads a stretch of a collection for its content hash (rule N14). */
export async function scanUnit(
  { collection, range }: Stretch,
  { db, mayGoOn }: Pick<ReadingPlace, "db" | "mayGoOn">,
): Promise<Pick<Findings, "passed">> {
  const hash = new OrderFreeHash();
  for await (const batch of new MongoSource(db, undefined, range).batches(collection)) {
    await mayGoOn();
    for (const document of batch) hash.add(document);
  }
  return { passed: passedOf(collection, hash) };
}
