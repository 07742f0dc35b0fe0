import { createHash } from "node:crypto";

/** Numbers in (0, 1) that look random and are the same for the same seed: two previews of one release try the same documents. */
export function seededRandom(seed: string): () => number {
  const hash = createHash("sha256").update(seed).digest();
  let [a = 0, b = 0, c = 0, counter = 1] = [0, 4, 8, 12].map((at) => hash.readUInt32LE(at));
  // sfc32: small, fast, and passes the usual test suites.
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return ((sum >>> 0) + 0.5) / 2 ** 32;
  };
}

/**
 * Draws `size` items from a stream of unknown length, each set of them as likely as any other, and takes strides over the rest
 * without looking at them (Kim-Hung Li's algorithm L).
 * @returns what was drawn, and how many items there were.
 */
export async function draw<Item>(
  items: AsyncIterable<Item>,
  size: number,
  random: () => number,
): Promise<{ readonly drawn: readonly Item[]; readonly of: number }> {
  const drawn: Item[] = [];
  let seen = 0;
  let weight = 1;
  let next = size;
  const stride = (): number => {
    weight *= Math.exp(Math.log(random()) / size);
    return Math.floor(Math.log(random()) / Math.log1p(-weight)) + 1;
  };
  for await (const item of items) {
    if (drawn.length < size) {
      drawn.push(item);
      if (drawn.length === size) next = seen + stride();
    } else if (seen === next) {
      drawn[Math.floor(random() * size)] = item;
      next += stride();
    }
    seen += 1;
  }
  return { drawn, of: seen };
}
