import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FolderStorage } from "../../../lib/data/dump/folder-storage";
import { getText, putText } from "../../../lib/data/dump/storage";
import { scratch } from "../../scratch";

const names = async (storage: FolderStorage): Promise<readonly string[]> => [
  ...(await storage.list()).keys(),
];

describe("A folder as storage for dumps", () => {
  it("N11: shows a file only when it is published, and whole", async () => {
    const storage = new FolderStorage(scratch("storage"));
    await putText(storage, "record/manifest.json", "first");
    const file = await storage.put("record/manifest.json");
    await file.write(Buffer.from("sec"));
    await file.write(Buffer.from("ond"));
    assert.deepEqual(await names(storage), ["record/manifest.json"]);
    assert.equal(await getText(storage, "record/manifest.json"), "first");
    await file.publish();
    assert.equal(await getText(storage.within("record"), "manifest.json"), "second");
  });

  it("leaves nothing of a file that was abandoned", async () => {
    const folder = scratch("storage");
    const file = await new FolderStorage(folder).put("half");
    await file.write(Buffer.from("half"));
    await file.abandon();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("joins files to one, which is there whole or not at all", async () => {
    const storage = new FolderStorage(scratch("storage"));
    for (const part of ["one", "two", "three"]) await putText(storage, `parts/${part}`, part);
    await assert.rejects(storage.join("whole/file", ["parts/one", "parts/none"]));
    assert.deepEqual(await names(storage), ["parts/three", "parts/two"]);
    await putText(storage, "parts/one", "one");
    await storage.join("whole/file", ["parts/one", "parts/two", "parts/three"]);
    assert.equal(await getText(storage, "whole/file"), "onetwothree");
    assert.deepEqual(await names(storage), ["whole/file"]);
  });

  it("gives a part of a file, and what there is of a part that goes beyond its end", async () => {
    const storage = new FolderStorage(scratch("storage"));
    await putText(storage, "file", "0123456789");
    const part = async (offset: number, bytes: number): Promise<string> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of storage.get("file", { offset, bytes })) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    };
    assert.equal(await part(2, 3), "234");
    assert.equal(await part(8, 5), "89");
  });

  it("takes over a folder that a tool has filled", async () => {
    const storage = new FolderStorage(scratch("storage")).within("record");
    const folder = await storage.localFolder("tables");
    writeFileSync(join(folder, "1.dat"), "rows");
    mkdirSync(join(folder, "below"));
    writeFileSync(join(folder, "below", "2.dat"), "more");
    await storage.publishFolder("tables");
    assert.deepEqual(
      [...(await storage.list())],
      [
        ["tables/1.dat", { bytes: 4 }],
        ["tables/below/2.dat", { bytes: 4 }],
      ],
    );
    assert.equal(await getText(storage, "tables/1.dat"), "rows");
  });

  it("removes all that is here and nothing beside it; what is not there is removed", async () => {
    const storage = new FolderStorage(scratch("storage"));
    await putText(storage, "one/file", "1");
    await putText(storage, "two/file", "2");
    await storage.within("one").remove();
    await storage.within("one").remove();
    assert.deepEqual(await names(storage), ["two/file"]);
  });

  it("11: names the setting where nothing can be kept", async () => {
    const file = join(scratch("storage"), "file");
    writeFileSync(file, "");
    const storage = new FolderStorage(join(file, "dumps"));
    await assert.rejects(storage.put("manifest.json"), /slipway:data\.dump\.keep/);
    await assert.rejects(storage.remove(), /slipway:data\.dump\.keep/);
  });
});
