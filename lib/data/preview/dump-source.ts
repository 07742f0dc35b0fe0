import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Block, DocumentSource } from "../blocks";
import type { DumpManifest } from "../dump/manifest";
import { readBson } from "../dump/read-bson";

/** Reads the documents of a finished dump. */
export class DumpSource implements DocumentSource {
  readonly #files: ReadonlyMap<string, string>;

  constructor(
    private readonly folder: string,
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
    return readBson(join(this.folder, this.#files.get(collection) ?? ""), collection);
  }

  /** Whether every file is there in its whole length. */
  async isWhole(): Promise<boolean> {
    const sizes = await Promise.all(
      this.manifest.collections.map(({ file }) => stat(join(this.folder, file)).catch(() => undefined)),
    );
    return this.manifest.collections.every(({ bytes }, at) => sizes[at]?.size === bytes);
  }
}
