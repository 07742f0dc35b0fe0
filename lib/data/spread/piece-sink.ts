import type { Block, DocumentSink } from "../blocks";
import { CollectionWriter } from "../dump/collection-writer";
import type { DumpStorage } from "../dump/storage";
import type { WrittenPieces } from "./work";

/** Writes new versions of collections as pieces, one file each. */
export class PieceSink implements DocumentSink {
  readonly #open = new Map<string, CollectionWriter>();
  readonly #written: WrittenPieces[] = [];

  constructor(
    private readonly storage: DumpStorage,
    /** Folder of the files, in the record's storage. */
    private readonly folder: string,
    private readonly segmentBytes: number,
  ) {}

  get written(): readonly WrittenPieces[] {
    return this.#written;
  }

  async begin(collection: string): Promise<void> {
    const files = this.storage.within(this.folder);
    this.#open.set(collection, await CollectionWriter.create(files, collection, this.segmentBytes));
  }

  async write(block: Block): Promise<void> {
    await this.#open.get(block.collection)?.write(block);
  }

  async end(collection: string): Promise<void> {
    const written = await this.#open.get(collection)?.finish();
    this.#open.delete(collection);
    if (!written) return;
    const pieces = written.segments.map((segment) => ({
      collection,
      file: `${this.folder}/${written.file}`,
      ...segment,
    }));
    this.#written.push({ collection, pieces });
  }
}
