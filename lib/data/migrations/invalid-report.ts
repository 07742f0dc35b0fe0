import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { once } from "node:events";
import { dirname } from "node:path";
import { finished } from "node:stream/promises";
import type { InvalidDocument } from "../protocol";
import type { InvalidEntry } from "../validation/inspect-block";
import { bound } from "./report";

/** Every invalid document, one JSON object a line; written aside and renamed, so that the file is whole or not there. */
export class InvalidReport {
  readonly #first: InvalidDocument[] = [];
  #invalidBefore = 0;
  #madeInvalid = 0;

  private constructor(
    readonly file: string,
    private readonly partial: string,
    private readonly stream: WriteStream,
  ) {}

  static async open(file: string): Promise<InvalidReport> {
    await mkdir(dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}.partial`;
    const stream = createWriteStream(partial, { mode: 0o600 });
    await once(stream, "open");
    return new InvalidReport(file, partial, stream);
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
    if (!this.stream.write(`${JSON.stringify({ ...document, all })}\n`)) await once(this.stream, "drain");
  }

  async close(): Promise<void> {
    this.stream.end();
    await finished(this.stream);
    await rename(this.partial, this.file);
  }

  abandon(): void {
    this.stream.destroy();
  }
}
