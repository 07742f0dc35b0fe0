import { createHash, type Hash } from "node:crypto";
import type { DumpStorage, StoringFile } from "../dump/storage";
import { bound, type RemovedDocument, removedFile } from "./report";

/**
 * Documents that a release takes away, each with its reason. The first ones are held in memory; when there are more, all of
 * them go to a file, one JSON object a line.
 */
export class RemovedReport {
  readonly #first: RemovedDocument[] = [];
  #storing: StoringFile | undefined;
  readonly #sum: Hash = createHash("sha256");
  #total = 0;

  constructor(private readonly reports: DumpStorage) {}

  get first(): readonly RemovedDocument[] {
    return this.#first;
  }

  get total(): number {
    return this.#total;
  }

  async add(document: RemovedDocument): Promise<void> {
    this.#total += 1;
    if (this.#first.length < bound) this.#first.push(document);
    else await this.#write([...(this.#storing ? [] : this.#first), document]);
  }

  /** @returns SHA-256 of the file, as hex, where there is one. */
  async close(): Promise<string | undefined> {
    if (!this.#storing) return undefined;
    await this.#storing.publish();
    return this.#sum.digest("hex");
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#storing?.abandon();
  }

  async #write(documents: readonly RemovedDocument[]): Promise<void> {
    this.#storing ??= await this.reports.put(removedFile);
    const lines = Buffer.from(documents.map((document) => `${JSON.stringify(document)}\n`).join(""));
    this.#sum.update(lines);
    await this.#storing.write(lines);
  }
}
