import assert from "node:assert/strict";
import { BSON } from "mongodb";
import { FolderStorage } from "../../../lib/data/dump/folder-storage";
import { readBson } from "../../../lib/data/dump/read-bson";
import { scratch } from "../../scratch";

describe("A dump's file of documents", () => {
  const documents = [1, 2, 3].map((n) => BSON.serialize({ _id: n, name: `Study ${n}` }));
  const [first = new Uint8Array()] = documents;

  /** How many documents are read from these bytes. */
  async function read(bytes: Uint8Array): Promise<number> {
    const storage = new FolderStorage(scratch("dump"));
    const file = await storage.put("studies.bson");
    await file.write(bytes);
    await file.publish();
    let found = 0;
    for await (const block of readBson(storage, "studies.bson", "studies")) found += block.documents;
    return found;
  }

  /** The documents, the second with another length in front. */
  function withLength(length: number): Uint8Array {
    const bytes = Buffer.concat(documents);
    bytes.writeInt32LE(length, first.length);
    return bytes;
  }

  it("is read whole, also an empty one", async () => {
    assert.equal(await read(Buffer.concat(documents)), 3);
    assert.equal(await read(new Uint8Array()), 0);
  });

  for (const length of [0, -1, 4, 17 * 1024 * 1024])
    it(`9: with a document of ${length} bytes is refused, with the place`, async () => {
      await assert.rejects(
        read(withLength(length)),
        new RegExp(`studies\\.bson: 1 problem\\n.*byte \\d+: found a document of ${length} bytes`),
      );
    });

  it("9: that ends in the middle of a document is refused, wherever it was cut", async () => {
    const whole = Buffer.concat(documents);
    for (const cut of [1, 3, 5, first.length - 1])
      await assert.rejects(read(whole.subarray(0, whole.length - cut)), /whole BSON documents/);
  });
});
