import { createHash } from "node:crypto";
import { BSON } from "mongodb";
import { frames } from "../bson-frames";
import { type DumpedCollection, type DumpManifest, manifestFile, type Segment } from "../dump/manifest";
import { type DumpStorage, getText } from "../dump/storage";
import { OrderFreeHash } from "../order-free-hash";
import { type Problem, Refusal } from "../../problem";

/** Reads a dump's manifest. @throws Refusal when there is none: then the dump was never finished. */
export async function readManifest(storage: DumpStorage): Promise<DumpManifest> {
  try {
    return BSON.EJSON.parse(await getText(storage, manifestFile)) as DumpManifest;
  } catch (error) {
    throw new Refusal("dump", [
      {
        where: storage.where(manifestFile),
        found: error instanceof Error ? error.message : String(error),
        allowed: "the manifest of a finished dump",
        mend: "take another dump: this one is none",
      },
    ]);
  }
}

/** Everything in which a dump's files differ from its manifest (fault groups 8 and 9). */
export async function verifyDump(storage: DumpStorage): Promise<readonly Problem[]> {
  const { collections } = await readManifest(storage);
  const files = await storage.list();
  const problems: Problem[] = [];
  for (const collection of collections) {
    const found = await verifyCollection(storage, collection, files.get(collection.file)?.bytes).catch(
      (error: unknown) =>
        error instanceof Error ? (error.message.split("\n").at(-1) ?? "an error").trim() : String(error),
    );
    if (found === undefined) continue;
    problems.push({
      where: collection.file,
      found,
      allowed: `${collection.documents} documents in ${collection.bytes} bytes, content hash ${collection.hash}`,
      mend: "take the dump again; a damaged one restores nothing that can be trusted",
    });
  }
  return problems;
}

async function verifyCollection(
  storage: DumpStorage,
  wanted: DumpedCollection,
  size: number | undefined,
): Promise<string | undefined> {
  if (size === undefined) return "no such file";
  if (size !== wanted.bytes) return `${size} bytes`;
  const hash = new OrderFreeHash();
  for (const segment of wanted.segments) {
    const bytes = await readSegment(storage, wanted.file, segment);
    const sum = createHash("sha256").update(bytes).digest("hex");
    if (sum !== segment.sha256) return `a segment at byte ${segment.offset} with SHA-256 ${sum}`;
    for (const document of frames(bytes, storage.where(wanted.file))) hash.add(document);
  }
  if (hash.documents !== wanted.documents) return `${hash.documents} documents`;
  return hash.toString() === wanted.hash ? undefined : `content hash ${hash.toString()}`;
}

async function readSegment(storage: DumpStorage, name: string, segment: Segment): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(segment.bytes);
  let at = 0;
  for await (const chunk of storage.get(name, segment)) {
    buffer.set(chunk, at);
    at += chunk.length;
  }
  return buffer.subarray(0, at);
}
