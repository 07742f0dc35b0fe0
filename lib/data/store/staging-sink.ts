import type { CreateCollectionOptions, Db, Document } from "mongodb";
import { Refusal } from "../../problem";
import type { Block, DocumentSink } from "../blocks";
import { frames } from "../bson-frames";
import { idText } from "../document-id";
import { stagingName } from "../names";
import { OrderFreeHash } from "../order-free-hash";
import { listIndexes, type CollectionInfo } from "./catalog";
import { CollectionDigests } from "./digests";
import type { InsertBlock, WriteRefusal } from "./raw-insert";
import type { ServerLimits } from "./store";

/** Blocks on their way to the server at the same time. */
const inFlight = 4;
/** Messages stay well under the server's limit, which counts more than the documents. */
const headroom = 64 * 1024;

/** Loads new versions beside the live ones, under names that carry the fencing token. */
export class StagingSink implements DocumentSink {
  readonly #hashes = new Map<string, OrderFreeHash>();
  readonly #digests = new Map<string, CollectionDigests>();
  readonly #sending = new Set<Promise<void>>();
  #failure: unknown;

  constructor(
    private readonly db: Db,
    private readonly token: number,
    /** The live collections, whose options and indexes the new versions get. */
    private readonly live: ReadonlyMap<string, CollectionInfo>,
    private readonly limits: ServerLimits,
    private readonly insert: InsertBlock,
    /** Called before each block: stops an owner that lost the lock. */
    private readonly mayWrite: () => void,
  ) {}

  /** What was written, per collection: the content that a read-back must find. */
  get hashes(): ReadonlyMap<string, OrderFreeHash> {
    return this.#hashes;
  }

  async begin(collection: string): Promise<void> {
    this.mayWrite();
    const name = stagingName(collection, this.token);
    // Left from an attempt of this very token that was cut off.
    await this.db.dropCollection(name).catch(() => false);
    await this.db.createCollection(name, createOptions(this.live.get(collection)?.options ?? {}));
    this.#hashes.set(collection, new OrderFreeHash());
    this.#digests.set(collection, new CollectionDigests());
  }

  async write(block: Block): Promise<void> {
    this.#throwFailure();
    this.mayWrite();
    const hash = this.#hashes.get(block.collection);
    const digests = this.#digests.get(block.collection);
    for (const part of split(block, this.limits)) {
      for (const document of frames(part.bytes, block.collection)) {
        const digest = hash?.add(document);
        if (digest) digests?.add(document, digest);
      }
      while (this.#sending.size >= inFlight) await Promise.race(this.#sending);
      const sending: Promise<void> = this.#send(part)
        .catch((error: unknown) => {
          this.#failure ??= error;
        })
        .finally(() => this.#sending.delete(sending));
      this.#sending.add(sending);
    }
  }

  async end(collection: string): Promise<void> {
    await Promise.all(this.#sending);
    this.#throwFailure();
    await this.#digests.get(collection)?.save(this.db, this.token, collection);
    this.#digests.delete(collection);
    if (!this.live.has(collection)) return;
    const indexes = (await listIndexes(this.db, collection)).filter(({ name }) => name !== "_id_");
    if (indexes.length > 0) await this.#createIndexes(collection, indexes);
  }

  async #send(block: Block): Promise<void> {
    const refused = await this.insert(this.db, stagingName(block.collection, this.token), block);
    if (refused.length > 0) throw refusal(block, refused);
  }

  async #createIndexes(collection: string, indexes: readonly Document[]): Promise<void> {
    try {
      const specs = indexes.map((index) => without(index, "ns"));
      await this.db.command({ createIndexes: stagingName(collection, this.token), indexes: specs });
    } catch (error) {
      throw new Refusal(`indexes of ${collection}`, [
        {
          where: collection,
          found: error instanceof Error ? error.message : String(error),
          allowed: "new documents that keep the collection's indexes, unique ones too",
          mend: "the migration, or the index",
        },
      ]);
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure as Error;
  }
}

/** What a new version's collection is created with: all of the live one's options but what only the server sets. */
export function createOptions(options: Document): CreateCollectionOptions {
  return without(options, "uuid", "autoIndexId");
}

function without(document: Document, ...keys: readonly string[]): Document {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !keys.includes(key)));
}

function split(block: Block, limits: ServerLimits): readonly Block[] {
  const most = limits.maxMessageBytes - headroom;
  if (block.documents <= limits.maxBatchDocuments && block.bytes.length <= most) return [block];
  const parts: Block[] = [];
  let from = 0;
  let to = 0;
  let documents = 0;
  const cut = (): void => {
    if (documents > 0)
      parts.push({ collection: block.collection, bytes: block.bytes.subarray(from, to), documents });
    from = to;
    documents = 0;
  };
  for (const document of frames(block.bytes, block.collection)) {
    if (documents === limits.maxBatchDocuments || to - from + document.length > most) cut();
    to += document.length;
    documents += 1;
  }
  cut();
  return parts;
}

function refusal(block: Block, refused: readonly WriteRefusal[]): Refusal {
  const documents = [...frames(block.bytes, block.collection)];
  return new Refusal(
    `new version of ${block.collection}`,
    refused.map(({ index, message }) => {
      const document = documents[index];
      return {
        where: `${block.collection}, _id ${document ? idText(document) : "unknown"}`,
        found: message,
        allowed: "documents that the server accepts, each with an _id of its own",
        mend: "the migration",
      };
    }),
  );
}
