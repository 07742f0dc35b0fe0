import type { CreateCollectionOptions, Db, Document } from "mongodb";
import { Refusal } from "../../problem";
import type { Block, DocumentSink } from "../blocks";
import { frames } from "../bson-frames";
import { idText } from "../document-id";
import { never } from "../fence/expiry";
import { stagingName } from "../names";
import { OrderFreeHash, sha256 } from "../order-free-hash";
import { listIndexes, type CollectionInfo } from "./catalog";
import { CollectionDigests } from "./digests";
import type { InsertBlock, WriteRefusal } from "./raw-insert";
import { expires, shapeOf, without } from "./shape";
import type { ServerLimits } from "./store";

/** Blocks on their way to the server at the same time. */
const inFlight = 4;
/** Messages stay well under the server's limit, which counts more than the documents. */
const headroom = 64 * 1024;

/** The live collection that a new version is made like. */
interface Model {
  readonly options: Document;
  readonly indexes: readonly Document[];
}

/** Loads new versions beside the live ones, under names that carry the fencing token. */
export class StagingSink implements DocumentSink {
  readonly #hashes = new Map<string, OrderFreeHash>();
  readonly #digests = new Map<string, CollectionDigests>();
  readonly #models = new Map<string, Model>();
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

  /** What each staged collection was made like: options and indexes of the live one, as one text. */
  get shapes(): ReadonlyMap<string, string> {
    return new Map(
      [...this.#models].map(([name, { options, indexes }]) => [name, shapeOf(options, indexes)]),
    );
  }

  async begin(collection: string, origin = collection): Promise<void> {
    this.mayWrite();
    const name = stagingName(collection, this.token);
    // Left from an attempt of this very token that was cut off.
    await this.db.dropCollection(name).catch(() => false);
    const options = this.live.get(origin)?.options ?? {};
    await this.db.createCollection(name, createOptions(options));
    const indexes = this.live.has(origin) ? await listIndexes(this.db, origin) : [];
    this.#models.set(collection, { options, indexes });
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
        const digest = sha256(document);
        hash?.addDigest(digest, document.length);
        digests?.add(document, digest);
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
    const { indexes = [] } = this.#models.get(collection) ?? {};
    const own = indexes.filter(({ name }) => name !== "_id_");
    if (own.length > 0) await this.#createIndexes(collection, own);
  }

  async #send(block: Block): Promise<void> {
    const refused = await this.insert(this.db, stagingName(block.collection, this.token), block);
    if (refused.length > 0) throw refusal(block, refused);
  }

  async #createIndexes(collection: string, indexes: readonly Document[]): Promise<void> {
    try {
      // Nothing expires before the release is over: what is loaded must be what is read back.
      const specs = indexes.map((index) => ({
        ...without(index, new Set(["ns"])),
        ...(expires(index) ? { expireAfterSeconds: never } : {}),
      }));
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
  return without(options, new Set(["uuid", "autoIndexId"]));
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
