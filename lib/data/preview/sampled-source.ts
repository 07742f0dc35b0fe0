import { BSON, type Db, type Document } from "mongodb";
import type { Block, DocumentSource } from "../blocks";
import { BlockBuilder, MongoSource } from "../store/mongo-source";
import { draw, seededRandom } from "./draw";

/** Ids that are asked for in one question. */
const idsPerQuestion = 250;
const idsPerReply = 10_000;

/** What was drawn from a collection. */
interface Drawn {
  readonly ids: readonly unknown[];
  readonly of: number;
}

/**
 * Reads so many documents of each collection, drawn by their `_id`: the walk over the `_id` index is cheap and sees every
 * document, so that every set of documents is as likely as any other. The same seed draws the same ones, however often it is read.
 */
export class SampledSource implements DocumentSource {
  readonly #drawn = new Map<string, Promise<Drawn>>();
  readonly #whole: MongoSource;

  constructor(
    private readonly db: Db,
    private readonly ofEach: number,
    private readonly seed: string,
  ) {
    this.#whole = new MongoSource(db);
  }

  collections(): Promise<readonly string[]> {
    return this.#whole.collections();
  }

  /** How many documents the collection has in all. */
  async count(collection: string): Promise<number> {
    return (await this.#draw(collection)).of;
  }

  async *read(collection: string): AsyncGenerator<Block> {
    const { ids, of } = await this.#draw(collection);
    if (of <= this.ofEach) {
      yield* this.#whole.read(collection);
      return;
    }
    let block = new BlockBuilder(collection);
    for (let at = 0; at < ids.length; at += idsPerQuestion) {
      const asked = { _id: { $in: ids.slice(at, at + idsPerQuestion) } } as Document;
      for await (const found of this.db.collection(collection).find(asked, { raw: true })) {
        const document = found as unknown as Uint8Array;
        if (!block.fits(document)) {
          yield block.build();
          block = new BlockBuilder(collection);
        }
        block.add(document);
      }
    }
    if (block.documents > 0) yield block.build();
  }

  #draw(collection: string): Promise<Drawn> {
    const known = this.#drawn.get(collection);
    if (known) return known;
    const drawing = draw(this.#ids(collection), this.ofEach, seededRandom(`${this.seed} ${collection}`)).then(
      ({ drawn, of }) => ({ ids: drawn.map(idOf), of }),
    );
    this.#drawn.set(collection, drawing);
    return drawing;
  }

  #ids(collection: string): AsyncIterable<Uint8Array> {
    const only = { projection: { _id: 1 }, sort: { _id: 1 }, batchSize: idsPerReply, raw: true } as const;
    return this.db.collection(collection).find({}, only) as unknown as AsyncIterable<Uint8Array>;
  }
}

/** Exact in type: a 64-bit number that became a double would find nothing. */
function idOf(bytes: Uint8Array): unknown {
  return (BSON.deserialize(bytes, { promoteValues: false, promoteBuffers: false }) as { _id: unknown })._id;
}
