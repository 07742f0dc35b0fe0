import type { Db } from "mongodb";
import { Refusal } from "../../problem";
import type { Block, DocumentSink } from "../blocks";
import { frames } from "../bson-frames";
import { idText } from "../document-id";
import { stagingName } from "../names";
import { OrderFreeHash, sha256 } from "../order-free-hash";
import type { CollectionInfo } from "./catalog";
import { CollectionDigests } from "./digests";
import type { InsertBlock, WriteRefusal } from "./raw-insert";
import { shapeOf } from "./shape";
import { splitBlock } from "./split-block";
import { createStaged, indexStaged, type Model } from "./staged-collection";
import type { ServerLimits } from "./store";

/** Blocks on their way to the server at the same time. */
const inFlight = 4;

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
    this.#models.set(collection, await createStaged(this.db, this.token, { collection, origin }, this.live));
    this.#hashes.set(collection, new OrderFreeHash());
    this.#digests.set(collection, new CollectionDigests());
  }

  async write(block: Block): Promise<void> {
    this.#throwFailure();
    this.mayWrite();
    const hash = this.#hashes.get(block.collection);
    const digests = this.#digests.get(block.collection);
    for (const part of splitBlock(block, this.limits)) {
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
    const model = this.#models.get(collection);
    if (model) await indexStaged(this.db, this.token, collection, model);
  }

  async #send(block: Block): Promise<void> {
    const refused = await this.insert(this.db, stagingName(block.collection, this.token), block);
    if (refused.length > 0) throw refusal(block, refused);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure as Error;
  }
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
