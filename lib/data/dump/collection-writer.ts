import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Block } from "../blocks";
import { frames } from "../bson-frames";
import { OrderFreeHash } from "../order-free-hash";
import { dumpFileName } from "./file-names";
import type { Segment } from "./manifest";

/** A segment ends with the block that takes it over this, in bytes. */
const segmentBytes = 64 * 1024 * 1024;

/** What was written of one collection. */
export interface WrittenCollection {
  readonly file: string;
  readonly hash: OrderFreeHash;
  readonly segments: readonly Segment[];
}

/** Writes one collection of a dump to a temporary name; `finish` gives it its own after the bytes are on disk. */
export class CollectionWriter {
  readonly hash = new OrderFreeHash();
  readonly #segments: Segment[] = [];
  #sum: Hash = createHash("sha256");
  #bytes = 0;
  #documents = 0;
  #offset = 0;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async create(folder: string, collection: string): Promise<CollectionWriter> {
    const path = join(folder, `${dumpFileName(collection)}.bson`);
    return new CollectionWriter(path, await open(`${path}.part`, "w", 0o600));
  }

  /** Hashes and writes a block; when this has settled the block's buffer may be given away. */
  async write(block: Block): Promise<void> {
    for (const document of frames(block.bytes, block.collection)) this.hash.add(document);
    this.#sum.update(block.bytes);
    this.#bytes += block.bytes.length;
    this.#documents += block.documents;
    let at = 0;
    while (at < block.bytes.length) at += (await this.file.write(block.bytes, at)).bytesWritten;
    if (this.#bytes >= segmentBytes) this.#endSegment();
  }

  async finish(): Promise<WrittenCollection> {
    if (this.#bytes > 0) this.#endSegment();
    await this.file.sync();
    await this.file.close();
    await rename(`${this.path}.part`, this.path);
    return { file: this.path, hash: this.hash, segments: this.#segments };
  }

  /** Leaves the temporary file where it is: it has no name that anything reads. */
  async abandon(): Promise<void> {
    await this.file.close();
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
