import { hash } from "node:crypto";

const words = 8;
const bytesPerWord = 4;
/** Sums of 32-bit words stay exact in a double for 2^21 additions; carried long before. */
const carryEvery = 1 << 20;
const wordSize = 2 ** 32;

/**
 * Content hash of a collection that doesn't depend on the order of its documents: the sum modulo 2^256 of the SHA-256 of
 * every document's bytes. One loss and one duplicate don't cancel out (fault group 34).
 */
export class OrderFreeHash {
  readonly #sums = new Float64Array(words);
  #sinceCarry = 0;
  #documents = 0;
  #bytes = 0;

  /** Documents added so far. */
  get documents(): number {
    return this.#documents;
  }

  /** Bytes of all documents added so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds one document. */
  add(document: Uint8Array): void {
    const digest = digestText(document);
    for (let word = 0; word < words; word++) {
      const at = word * bytesPerWord;
      const low = digest.charCodeAt(at) | (digest.charCodeAt(at + 1) << 8);
      const high = digest.charCodeAt(at + 2) | (digest.charCodeAt(at + 3) << 8);
      this.#sums[word] = (this.#sums[word] ?? 0) + low + high * 0x10000;
    }
    this.#count(document.length);
  }

  /** Adds a document whose SHA-256 is known. */
  addDigest(digest: Buffer, bytes: number): void {
    for (let word = 0; word < words; word++) {
      this.#sums[word] = (this.#sums[word] ?? 0) + digest.readUInt32LE(word * bytesPerWord);
    }
    this.#count(bytes);
  }

  /** 64 hex digits, most significant first. The hash of nothing is all zeros. */
  toString(): string {
    this.#carry();
    return Array.from(this.#sums, (sum) => sum.toString(16).padStart(8, "0"))
      .reverse()
      .join("");
  }

  #count(bytes: number): void {
    this.#documents += 1;
    this.#bytes += bytes;
    this.#sinceCarry += 1;
    if (this.#sinceCarry >= carryEvery) this.#carry();
  }

  #carry(): void {
    let carry = 0;
    for (let word = 0; word < words; word++) {
      const sum = (this.#sums[word] ?? 0) + carry;
      carry = Math.floor(sum / wordSize);
      this.#sums[word] = sum - carry * wordSize;
    }
    this.#sinceCarry = 0;
  }
}

/** A content hash, and how much it is of. */
export type ContentHash = Pick<OrderFreeHash, "documents" | "bytes" | "toString">;

/** Modulus of an order-free hash. */
const hashModulus = 2n ** 256n;

/** The hash of a collection from those of its parts, whatever their order. */
export function sumOfHashes(parts: readonly string[]): string {
  const sum = parts.reduce((total, part) => (total + BigInt(`0x${part}`)) % hashModulus, 0n);
  return sum.toString(16).padStart(words * 8, "0");
}

/** SHA-256 of bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(digestText(bytes), "binary");
}

/** One character per byte: a buffer that Node makes for a digest costs more than the hash of a document. */
function digestText(bytes: Uint8Array): string {
  return hash("sha256", bytes, "binary");
}
