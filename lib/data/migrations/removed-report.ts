import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { bound, type RemovedDocument } from "./report";

/**
 * Documents that a release takes away, each with its reason. The first ones are held in memory; when there are more, all of
 * them go to a file, one JSON object a line, written aside and renamed.
 */
export class RemovedReport {
  readonly #first: RemovedDocument[] = [];
  #handle: FileHandle | undefined;
  readonly #sum: Hash = createHash("sha256");
  #total = 0;

  constructor(private readonly file: string | undefined) {}

  get first(): readonly RemovedDocument[] {
    return this.#first;
  }

  get total(): number {
    return this.#total;
  }

  async add(document: RemovedDocument): Promise<void> {
    this.#total += 1;
    if (this.#first.length < bound) this.#first.push(document);
    else await this.#write([...(this.#handle ? [] : this.#first), document]);
  }

  /** @returns SHA-256 of the file, as hex, where there is one. */
  async close(): Promise<string | undefined> {
    if (!this.#handle || this.file === undefined) return undefined;
    await this.#handle.sync();
    await this.#handle.close();
    await rename(`${this.file}.part`, this.file);
    return this.#sum.digest("hex");
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#handle?.close().catch(() => undefined);
    if (this.file !== undefined) await rm(`${this.file}.part`, { force: true });
  }

  async #write(documents: readonly RemovedDocument[]): Promise<void> {
    if (this.file === undefined) return;
    this.#handle ??= await open(`${this.file}.part`, "w", 0o600);
    const text = documents.map((document) => `${JSON.stringify(document)}\n`).join("");
    this.#sum.update(text);
    await this.#handle.appendFile(text);
  }
}
