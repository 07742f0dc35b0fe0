import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { BSON } from "mongodb";
import { frames } from "../../../lib/data/bson-frames";
import { dumpFileName } from "../../../lib/data/dump/file-names";
import { FolderStorage } from "../../../lib/data/dump/folder-storage";
import { readBson } from "../../../lib/data/dump/read-bson";
import { OrderFreeHash } from "../../../lib/data/order-free-hash";
import { mongoTool } from "../../tools/stand-in/mongo-tool";
import { contentOf, fill, nextOf, releaseAndConfirm, specFor } from "../engine-run";
import { processor } from "../plain-data";
import { firstStart, startServer, type TestServer, withClient } from "../server";
import { scratch } from "../../scratch";

const data = {
  studies: [1, 2, 3].map((n) => ({ _id: `study-${n}`, name: `Study ${n}` })),
  samples: Array.from({ length: 3000 }, (_, n) => ({
    _id: n,
    text: "x".repeat(n),
    decimal: BSON.Decimal128.fromString("1.0"),
  })),
  "odd name.with/dots%and é": [{ _id: 1 }],
};

describe("N11: the dump and MongoDB's own tools", function () {
  this.timeout(firstStart);
  let server: TestServer;
  let folder: string;
  before(async () => {
    server = await startServer();
    await fill(server.uri, "dumped", data);
    await withClient(server.uri, async (client) => {
      await client.db("dumped").collection("studies").createIndex({ name: 1 }, { unique: true });
    });
    const first = specFor(server, "dumped");
    await releaseAndConfirm(first, processor);
    const run = await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    folder = join(first.dump.keep, run.last("closed").record.id);
  });
  after(() => server.stop());

  it("mongorestore restores it: documents, options and indexes", async () => {
    const login = scratch("tools");
    await mongoTool("mongorestore", server.uri, login, [
      "--nsFrom",
      "dumped.*",
      "--nsTo",
      "restored.*",
      folder,
    ]);
    await fill(server.uri, "source", data);
    assert.deepEqual(await contentOf(server.uri, "restored"), await contentOf(server.uri, "source"));
    await withClient(server.uri, async (client) => {
      const indexes = await client.db("restored").collection("studies").listIndexes().toArray();
      assert.ok(indexes.some(({ name, unique }) => name === "name_1" && unique === true));
    });
  });

  it("mongodump names its files as we do, and we read them", async () => {
    const theirs = scratch("tools");
    await mongoTool("mongodump", server.uri, theirs, ["--db", "dumped", "--out", theirs]);
    const content = await contentOf(server.uri, "dumped");
    const files = new Set(readdirSync(join(theirs, "dumped")));
    for (const collection of Object.keys(data)) {
      const file = `${dumpFileName(collection)}.bson`;
      assert.ok(files.has(file), `${file} is among ${[...files].join(", ")}`);
      const hash = new OrderFreeHash();
      for await (const block of readBson(new FolderStorage(join(theirs, "dumped")), file, collection)) {
        for (const document of frames(block.bytes, collection)) hash.add(document);
      }
      assert.equal(`${hash.documents}:${hash.toString()}`, content[collection]);
    }
  });
});
