import type { DumpStorage, StoringFile } from "../dump/storage";
import type { InvalidDocument } from "../protocol";
import type { InvalidEntry } from "../validation/inspect-block";
import { bound, invalidFile } from "./report";

const bufferedCharacters = 1 << 16;

/** Every invalid document, one JSON object a line; the file is whole or not there. */
export class InvalidReport {
  readonly #first: InvalidDocument[] = [];
  #invalidBefore = 0;
  #madeInvalid = 0;
  #waiting = "";

  private constructor(
    /** Where a person finds it. */
    readonly file: string,
    private readonly storing: StoringFile,
  ) {}

  static async open(reports: DumpStorage): Promise<InvalidReport> {
    return new InvalidReport(reports.where(invalidFile), await reports.put(invalidFile));
  }

  /** The first ones, for people. */
  get first(): readonly InvalidDocument[] {
    return this.#first;
  }

  get counts(): { readonly invalidBefore: number; readonly madeInvalid: number } {
    return { invalidBefore: this.#invalidBefore, madeInvalid: this.#madeInvalid };
  }

  async add({ all, ...document }: InvalidEntry): Promise<void> {
    if (document.verdict === "invalid-before") this.#invalidBefore += 1;
    else this.#madeInvalid += 1;
    if (this.#first.length < bound) this.#first.push(document);
    this.#waiting += `${JSON.stringify({ ...document, all })}\n`;
    if (this.#waiting.length > bufferedCharacters) await this.#write();
  }

  async close(): Promise<void> {
    await this.#write();
    await this.storing.publish();
  }

  /** Leaves nothing behind. */
  abandon(): Promise<void> {
    return this.storing.abandon();
  }

  async #write(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = "";
    await this.storing.write(Buffer.from(text));
  }
}
