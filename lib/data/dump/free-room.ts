import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Bytes that may still be written below a folder, which need not be there yet. */
export async function freeRoom(folder: string): Promise<number> {
  for (let place = folder; ; place = dirname(place)) {
    const found = await statfs(place).catch(() => undefined);
    if (found) return found.bavail * found.bsize;
    if (place === dirname(place)) return 0;
  }
}
