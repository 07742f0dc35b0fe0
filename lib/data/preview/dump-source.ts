import type { Block, DocumentSource } from "../blocks";
import type { DumpManifest } from "../dump/manifest";
import { readBson } from "../dump/read-bson";
import type { DumpStorage } from "../dump/storage";

/** Reads the documents of a finished dump. */
export class DumpSource implements DocumentSource {
  readonly #files: ReadonlyMap<string, string>;

  constructor(
    private readonly storage: DumpStorage,
    private readonly manifest: DumpManifest,
  ) {
    this.#files = new Map(manifest.collections.map(({ collection, file }) => [collection, file]));
  }

  get documents(): number {
    return this.manifest.collections.reduce((sum, { documents }) => sum + documents, 0);
  }

  collections(): Promise<readonly string[]> {
    return Promise.resolve([...this.#files.keys()]);
  }

  read(collection: string): AsyncIterable<Block> {
    return readBson(this.storage, this.#files.get(collection) ?? "", collection);
  }

  /** Whether every file is there in its whole length. */
  async isWhole(): Promise<boolean> {
    const files = await this.storage.list();
    return this.manifest.collections.every(({ file, bytes }) => files.get(file)?.bytes === bytes);
  }
}
