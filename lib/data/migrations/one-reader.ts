import type { Block, DocumentSource } from "../blocks";

/** Lets one reader at a time into each collection: a source may write its dump while it is read. */
export class OneReaderEach implements DocumentSource {
  readonly #reading = new Map<string, Promise<void>>();

  constructor(private readonly inner: DocumentSource) {}

  collections(): Promise<readonly string[]> {
    return this.inner.collections();
  }

  async *read(collection: string): AsyncGenerator<Block> {
    while (this.#reading.has(collection)) await this.#reading.get(collection);
    let finished = (): void => undefined;
    this.#reading.set(collection, new Promise((resolve) => (finished = resolve)));
    try {
      yield* this.inner.read(collection);
    } finally {
      this.#reading.delete(collection);
      finished();
    }
  }
}
