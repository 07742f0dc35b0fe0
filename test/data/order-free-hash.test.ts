import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { OrderFreeHash, sha256 } from "../../lib/data/order-free-hash";

const documents = Array.from({ length: 50 }, (_, index) => randomBytes(index * 7));
const two256 = 1n << 256n;

/** The definition, in whole numbers: the sum modulo 2^256 of little-endian SHA-256 digests. */
function bySum(bytes: readonly Uint8Array[]): string {
  const sum = bytes.reduce((total, one) => {
    const digest = createHash("sha256").update(one).digest();
    return (total + BigInt(`0x${digest.reverse().toString("hex")}`)) % two256;
  }, 0n);
  return sum.toString(16).padStart(64, "0");
}

/** Content hashes of collections (fault group 34). */
describe("The order-free hash", () => {
  const hashed = (bytes: readonly Uint8Array[]): OrderFreeHash => {
    const hash = new OrderFreeHash();
    for (const document of bytes) hash.add(document);
    return hash;
  };

  it("is the sum of the documents' SHA-256 digests", () => {
    assert.equal(hashed(documents).toString(), bySum(documents));
  });

  it("is the same by documents and by their digests", () => {
    const byDigest = new OrderFreeHash();
    for (const document of documents) byDigest.addDigest(sha256(document), document.length);
    assert.equal(byDigest.toString(), hashed(documents).toString());
    assert.equal(byDigest.bytes, hashed(documents).bytes);
  });

  it("does not depend on the order, but on every document and how often it is there", () => {
    const whole = hashed(documents).toString();
    assert.equal(hashed([...documents].reverse()).toString(), whole);
    assert.notEqual(hashed(documents.slice(1)).toString(), whole);
    const [first, second, ...rest] = documents;
    assert.ok(first && second);
    assert.notEqual(hashed([first, first, ...rest]).toString(), whole);
  });
});
