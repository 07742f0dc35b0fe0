import type { Readable, Writable } from "node:stream";

export type FrameKind = "J" | "B" | "O" | "E";

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Buffer;
}

const headerBytes = 5;

/** Frames between the engine and the migrator's process: one byte of kind, four of length (little-endian), the payload. */
export class FramePipe {
  readonly #incoming: AsyncIterator<Buffer>;
  #rest: Buffer[] = [];
  #restBytes = 0;

  constructor(
    incoming: Readable,
    private readonly outgoing: Writable,
  ) {
    this.#incoming = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The next frame, or undefined when the other side is gone. */
  async receive(): Promise<Frame | undefined> {
    const header = await this.#exactly(headerBytes);
    if (!header) return undefined;
    const payload = await this.#exactly(header.readUInt32LE(1));
    return payload && { kind: String.fromCharCode(header[0] ?? 0) as FrameKind, payload };
  }

  /** Waits until the other side has room. */
  async send(kind: FrameKind, payload: Uint8Array = new Uint8Array()): Promise<void> {
    const header = Buffer.allocUnsafe(headerBytes);
    header[0] = kind.charCodeAt(0);
    header.writeUInt32LE(payload.length, 1);
    this.outgoing.write(header);
    if (payload.length === 0) return;
    // Called when the bytes are on their way, and also when the other side is gone.
    await new Promise<void>((resolve) => {
      this.outgoing.write(payload, () => {
        resolve();
      });
    });
  }

  async sendMessage(message: Readonly<Record<string, unknown>>): Promise<void> {
    await this.send("J", Buffer.from(JSON.stringify(message)));
  }

  async #exactly(length: number): Promise<Buffer | undefined> {
    while (this.#restBytes < length) {
      const next = await this.#incoming.next();
      if (next.done) return undefined;
      this.#rest.push(next.value);
      this.#restBytes += next.value.length;
    }
    const all =
      this.#rest.length === 1 && this.#rest[0] ? this.#rest[0] : Buffer.concat(this.#rest, this.#restBytes);
    this.#rest = all.length > length ? [all.subarray(length)] : [];
    this.#restBytes -= length;
    return all.subarray(0, length);
  }
}
