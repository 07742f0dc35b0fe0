import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BSON } from "mongodb";
import { frames } from "../bson-frames";
import type { DumpedCollection, DumpManifest, Segment } from "../dump/manifest";
import { OrderFreeHash } from "../order-free-hash";
import { type Problem, Refusal } from "../../problem";

/** Reads a dump's manifest. @throws Refusal when there is none: then the dump was never finished. */
export async function readManifest(folder: string): Promise<DumpManifest> {
  const file = join(folder, "manifest.json");
  try {
    return BSON.EJSON.parse(await readFile(file, "utf8")) as DumpManifest;
  } catch (error) {
    throw new Refusal("dump", [
      {
        where: file,
        found: error instanceof Error ? error.message : String(error),
        allowed: "the manifest of a finished dump",
        mend: "take another dump: this one is none",
      },
    ]);
  }
}

/** Everything in which a dump's files differ from its manifest (fault groups 8 and 9). */
export async function verifyDump(folder: string): Promise<readonly Problem[]> {
  const { collections } = await readManifest(folder);
  const problems: Problem[] = [];
  for (const collection of collections) {
    const found = await verifyCollection(folder, collection).catch((error: unknown) =>
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

async function verifyCollection(folder: string, wanted: DumpedCollection): Promise<string | undefined> {
  const path = join(folder, wanted.file);
  const file = await open(path, "r");
  const hash = new OrderFreeHash();
  try {
    const { size } = await file.stat();
    if (size !== wanted.bytes) return `${size} bytes`;
    for (const segment of wanted.segments) {
      const bytes = await readSegment(file, segment);
      const sum = createHash("sha256").update(bytes).digest("hex");
      if (sum !== segment.sha256) return `a segment at byte ${segment.offset} with SHA-256 ${sum}`;
      for (const document of frames(bytes, path)) hash.add(document);
    }
  } finally {
    await file.close();
  }
  if (hash.documents !== wanted.documents) return `${hash.documents} documents`;
  return hash.toString() === wanted.hash ? undefined : `content hash ${hash.toString()}`;
}

async function readSegment(
  file: Awaited<ReturnType<typeof open>>,
  { offset, bytes }: Segment,
): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(bytes);
  let at = 0;
  while (at < bytes) {
    const { bytesRead } = await file.read(buffer, at, bytes - at, offset + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return buffer.subarray(0, at);
}
