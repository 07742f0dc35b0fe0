import { createHash, type Hash } from "node:crypto";
import type { Block } from "../blocks";
import { frames } from "../bson-frames";
import { type ContentHash, OrderFreeHash } from "../order-free-hash";
import { dumpFileName } from "./file-names";
import type { Segment } from "./manifest";
import type { DumpStorage, StoringFile } from "./storage";

/** A segment ends with the block that takes it over this, in bytes. */
export const usualSegment = 64 * 1024 * 1024;

/** What was written of one collection. */
export interface WrittenCollection {
  /** Its name in the storage of the dump. */
  readonly file: string;
  readonly hash: ContentHash;
  readonly segments: readonly Segment[];
}

/** Writes one collection of a dump; `finish` gives it its name after the bytes are safe. */
export class CollectionWriter {
  readonly hash = new OrderFreeHash();
  readonly #segments: Segment[] = [];
  #sum: Hash = createHash("sha256");
  #bytes = 0;
  #documents = 0;
  #offset = 0;

  private constructor(
    private readonly name: string,
    private readonly file: StoringFile,
    private readonly segmentBytes: number,
  ) {}

  static async create(
    storage: DumpStorage,
    collection: string,
    segmentBytes = usualSegment,
  ): Promise<CollectionWriter> {
    const name = `${dumpFileName(collection)}.bson`;
    return new CollectionWriter(name, await storage.put(name), segmentBytes);
  }

  /** Hashes and writes a block; when this has settled the block's buffer may be given away. */
  async write(block: Block): Promise<void> {
    for (const document of frames(block.bytes, block.collection)) this.hash.add(document);
    this.#sum.update(block.bytes);
    this.#bytes += block.bytes.length;
    this.#documents += block.documents;
    await this.file.write(block.bytes);
    if (this.#bytes >= this.segmentBytes) this.#endSegment();
  }

  async finish(): Promise<WrittenCollection> {
    if (this.#bytes > 0) this.#endSegment();
    await this.file.publish();
    return { file: this.name, hash: this.hash, segments: this.#segments };
  }

  abandon(): Promise<void> {
    return this.file.abandon();
  }

  #endSegment(): void {
    this.#segments.push({
      offset: this.#offset,
      bytes: this.#bytes,
      documents: this.#documents,
      sha256: this.#sum.digest("hex"),
    });
    this.#offset += this.#bytes;
    this.#sum = createHash("sha256");
    this.#bytes = 0;
    this.#documents = 0;
  }
}
