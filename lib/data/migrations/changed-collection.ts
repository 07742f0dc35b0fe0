import { open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Block, DocumentSink } from "../blocks";

/**
 * Hands a collection to the sink only if it differs from the source's. Blocks before the first difference wait in a file:
 * whether a collection changes is known only when its last document was seen.
 */
export class ChangedCollection {
  readonly #file: string;
  #held:
    | {
        readonly handle: FileHandle;
        readonly blocks: { readonly bytes: number; readonly documents: number }[];
      }
    | undefined;
  #begun = false;

  constructor(
    private readonly collection: string,
    private readonly sink: DocumentSink | undefined,
    scratch: string,
    /** What it was called before, where a migration renamed it. */
    private readonly origin?: string,
  ) {
    this.#file = join(scratch, "held-back");
  }

  /** Whether the collection differs from the source's as far as is known. */
  get changed(): boolean {
    return this.#begun;
  }

  async add(block: Block, differs: boolean): Promise<void> {
    if (differs) await this.begin();
    if (!this.sink || block.documents === 0) return;
    if (this.#begun) await this.sink.write(block);
    else await this.#hold(block);
  }

  async begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    await this.sink?.begin(this.collection, this.origin);
    if (!this.#held) return;
    let position = 0;
    for (const { bytes, documents } of this.#held.blocks) {
      const buffer = new Uint8Array(bytes);
      await this.#held.handle.read(buffer, 0, bytes, position);
      position += bytes;
      await this.sink?.write({ collection: this.collection, bytes: buffer, documents });
    }
    await this.#drop();
  }

  async end(): Promise<void> {
    await this.#drop();
    if (this.#begun) await this.sink?.end(this.collection);
  }

  async #hold(block: Block): Promise<void> {
    this.#held ??= { handle: await open(this.#file, "w+", 0o600), blocks: [] };
    await this.#held.handle.writeFile(block.bytes);
    this.#held.blocks.push({ bytes: block.bytes.length, documents: block.documents });
  }

  async #drop(): Promise<void> {
    await this.#held?.handle.close();
    if (this.#held) await rm(this.#file, { force: true });
    this.#held = undefined;
  }
}
