import type { Db } from "mongodb";
import type { Block, DocumentSource } from "../blocks";
import { listAll, userCollections } from "./catalog";
import { type IdRange, inRange } from "./id-ranges";
import { rawBatches } from "./raw-batches";

/** Blocks stay under this, in bytes: large enough to be cheap to pass on, small enough that a few don't matter. */
export const blockBytes = 1024 * 1024;
/** Real servers cap a reply at 16 MiB; the stand-in doesn't, so that large documents need small batches. */
const replyBytes = 2 * 1024 * 1024;
const batchLimits = { least: 1, most: 2000 };

/** Reads a database by raw cursors: documents arrive as the server's bytes and are never decoded. */
export class MongoSource implements DocumentSource {
  constructor(
    private readonly db: Db,
    /** What a collection is really called. Staging is read through the same class. */
    private readonly actualName: (collection: string) => string = (collection) => collection,
    /** Which documents; all of them where absent. */
    private readonly range: IdRange = {},
  ) {}

  async collections(): Promise<readonly string[]> {
    return userCollections(await listAll(this.db)).map(({ name }) => name);
  }

  async *read(collection: string): AsyncGenerator<Block> {
    let block = new BlockBuilder(collection);
    for await (const batch of this.batches(collection)) {
      for (const document of batch) {
        if (!block.fits(document)) {
          yield block.build();
          block = new BlockBuilder(collection);
        }
        block.add(document);
      }
    }
    if (block.documents > 0) yield block.build();
  }

  /** All documents as views into the server's replies: for who looks at each once and keeps none. */
  async *batches(collection: string): AsyncGenerator<Iterable<Uint8Array>> {
    const name = this.actualName(collection);
    const batchSize = await this.#batchSize(name);
    const options = { raw: true, batchSize, noCursorTimeout: false };
    yield* rawBatches(this.db.collection(name).find(inRange(this.range), options));
  }

  async #batchSize(name: string): Promise<number> {
    const stats = await this.db.command({ collStats: name }).catch((): Record<string, unknown> => ({}));
    const average = Number(stats["avgObjSize"]);
    if (!(average > 0)) return 100;
    return Math.max(batchLimits.least, Math.min(batchLimits.most, Math.floor(replyBytes / average)));
  }
}

/** Gathers documents into one buffer. */
export class BlockBuilder {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(private readonly collection: string) {}

  get documents(): number {
    return this.#parts.length;
  }

  fits(document: Uint8Array): boolean {
    return this.#bytes === 0 || this.#bytes + document.length <= blockBytes;
  }

  add(document: Uint8Array): void {
    this.#parts.push(document);
    this.#bytes += document.length;
  }

  /** A buffer of its own, so that it can be transferred to another thread. */
  build(): Block {
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { collection: this.collection, bytes, documents: this.#parts.length };
  }
}
