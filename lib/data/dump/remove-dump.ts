import { manifestFile } from "./manifest";
import type { DumpStorage } from "./storage";

/**
 * Takes a record's dump away and leaves what proves the release: proof, journal, reports. The manifest goes first, without
 * which a dump is none, so that half of one is never taken for a whole one. Idempotent.
 */
export async function removeDump(record: DumpStorage): Promise<void> {
  await record.remove(manifestFile);
  const below = [...(await record.list()).keys()].filter((name) => name.includes("/"));
  for (const folder of new Set(below.map((name) => name.slice(0, name.indexOf("/")))))
    await record.remove(folder);
}
