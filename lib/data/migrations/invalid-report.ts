import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { InvalidDocument } from "../protocol";
import type { InvalidEntry } from "../validation/inspect-block";
import { bound } from "./report";

const bufferedCharacters = 1 << 16;

/** Every invalid document, one JSON object a line; written aside and renamed, so that the file is whole or not there. */
export class InvalidReport {
  readonly #first: InvalidDocument[] = [];
  #invalidBefore = 0;
  #madeInvalid = 0;
  #waiting = "";

  private constructor(
    readonly file: string,
    private readonly partial: string,
    private readonly handle: FileHandle,
  ) {}

  static async open(file: string): Promise<InvalidReport> {
    await mkdir(dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}.partial`;
    return new InvalidReport(file, partial, await open(partial, "w", 0o600));
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
    await this.handle.sync();
    await this.handle.close();
    await rename(this.partial, this.file);
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.partial, { force: true });
  }

  async #write(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = "";
    await this.handle.appendFile(text);
  }
}
