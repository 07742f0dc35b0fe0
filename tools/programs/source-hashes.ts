import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { contentHash, type Json } from "../../lib/content-hash";

/** Name and content hash of every file below a folder, in order: what a build from it depends on. */
export async function sourceHashes(folder: string): Promise<Json> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async (file) => ({
      file: relative(folder, file),
      hash: contentHash(await readFile(file)),
    })),
  );
}
