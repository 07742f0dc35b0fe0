/**
 * Reads BSON for validation only: plain JSON values, each other BSON type as a symbol, which no JSON type accepts.
 * Names and short texts repeat and are kept.
 */

/** What stands for a value that JSON can't hold. Its description is for people. Example: `Symbol(date)`. */
const foreign: Readonly<Record<number, symbol>> = {
  0x05: Symbol("binary"),
  0x06: Symbol("undefined"),
  0x07: Symbol("object id"),
  0x09: Symbol("date"),
  0x0b: Symbol("regular expression"),
  0x0c: Symbol("database pointer"),
  0x0d: Symbol("code"),
  0x0e: Symbol("symbol"),
  0x0f: Symbol("code with scope"),
  0x11: Symbol("timestamp"),
  0x13: Symbol("decimal128"),
  0x7f: Symbol("max key"),
  0xff: Symbol("min key"),
};
const tableSize = 1 << 14;
/** Longer names and texts are read anew each time: they seldom repeat, and comparing them costs more than reading. */
const longestName = 40;
const longestText = 16;
/** Bytes of the values that validation passes over; -1 where the value says it itself. */
const fixedBytes = new Int8Array(256).fill(-1);
for (const [type, bytes] of [
  [0x06, 0],
  [0x07, 12],
  [0x09, 8],
  [0x11, 8],
  [0x13, 16],
  [0x7f, 0],
  [0xff, 0],
] as const) {
  fixedBytes[type] = bytes;
}

interface Kept {
  readonly text: string;
  readonly bytes: Uint8Array;
}

export type JsonObject = Record<string, unknown>;

/** Node's own method behind `toString`, without its checks; not in the published types. */
type FastBuffer = Buffer & { utf8Slice(start: number, end: number): string };

/** Reads documents; one per thread, because it keeps texts between documents. */
export class BsonReader {
  readonly #kept: (Kept | undefined)[] = new Array<Kept | undefined>(tableSize).fill(undefined);
  #bytes = Buffer.alloc(0) as unknown as FastBuffer;
  #at = 0;

  /** A document's fields without its `_id`, which belongs to the database and not to the schema. */
  read(document: Buffer): JsonObject {
    this.#bytes = document as FastBuffer;
    this.#at = 0;
    return this.#object(true);
  }

  #object(top: boolean): JsonObject {
    const made: JsonObject = {};
    this.#at += 4;
    for (;;) {
      const type = this.#bytes[this.#at++] ?? 0;
      if (type === 0) return made;
      const name = this.#name();
      const value = this.#value(type);
      if (top && name === "_id") continue;
      if (name === "__proto__") {
        Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
      } else made[name] = value;
    }
  }

  #array(): unknown[] {
    const made: unknown[] = [];
    this.#at += 4;
    for (;;) {
      const type = this.#bytes[this.#at++] ?? 0;
      if (type === 0) return made;
      while (this.#bytes[this.#at++] !== 0);
      made.push(this.#value(type));
    }
  }

  #value(type: number): unknown {
    switch (type) {
      case 0x02:
        return this.#string();
      case 0x03:
        return this.#object(false);
      case 0x04:
        return this.#array();
      case 0x01:
        this.#at += 8;
        return this.#bytes.readDoubleLE(this.#at - 8);
      case 0x10:
        this.#at += 4;
        return this.#int32(this.#at - 4);
      case 0x12:
        this.#at += 8;
        return Number(this.#bytes.readBigInt64LE(this.#at - 8));
      case 0x08:
        return this.#bytes[this.#at++] === 1;
      case 0x0a:
        return null;
      default:
        this.#skip(type);
        return foreign[type];
    }
  }

  #string(): string {
    const length = this.#int32(this.#at) - 1;
    const start = this.#at + 4;
    this.#at = start + length + 1;
    if (length > longestText) return this.#bytes.utf8Slice(start, start + length);
    let hash = 0;
    const bytes = this.#bytes;
    for (let at = start; at < start + length; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    return this.#keptText(start, length, hash);
  }

  #name(): string {
    const start = this.#at;
    let hash = 0;
    const bytes = this.#bytes;
    let at = start;
    for (let byte = bytes[at] ?? 0; byte !== 0; byte = bytes[++at] ?? 0)
      hash = (Math.imul(hash, 31) + byte) | 0;
    const length = at - start;
    this.#at = at + 1;
    return length > longestName
      ? this.#bytes.utf8Slice(start, start + length)
      : this.#keptText(start, length, hash);
  }

  #keptText(start: number, length: number, hash: number): string {
    const slot = (hash ^ (hash >>> 15)) & (tableSize - 1);
    const known = this.#kept[slot];
    if (known?.bytes.length === length && this.#sameBytes(known.bytes, start)) return known.text;
    const text = this.#bytes.utf8Slice(start, start + length);
    this.#kept[slot] = { text, bytes: Uint8Array.prototype.slice.call(this.#bytes, start, start + length) };
    return text;
  }

  #int32(at: number): number {
    const bytes = this.#bytes;
    return (
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)
    );
  }

  #sameBytes(known: Uint8Array, start: number): boolean {
    const bytes = this.#bytes;
    for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
    return true;
  }

  #skip(type: number): void {
    const known = fixedBytes[type] ?? -1;
    if (known >= 0) this.#at += known;
    else if (type === 0x05) this.#at += 5 + this.#int32(this.#at);
    else if (type === 0x0d || type === 0x0e) this.#at += 4 + this.#int32(this.#at);
    else if (type === 0x0c) this.#at += 16 + this.#int32(this.#at);
    else if (type === 0x0f) this.#at += this.#int32(this.#at);
    else if (type === 0x0b) for (let ends = 0; ends < 2;) ends += this.#bytes[this.#at++] === 0 ? 1 : 0;
    else throw new RangeError(`unknown BSON type 0x${type.toString(16)} at byte ${this.#at}`);
  }
}
