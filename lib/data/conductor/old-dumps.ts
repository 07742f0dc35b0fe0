import { manifestFile } from "../dump/manifest";
import { removeDump } from "../dump/remove-dump";
import type { DumpStorage } from "../dump/storage";
import type { RecordLog } from "../journal/record-log";
import type { ReleaseRecordData } from "../protocol";
import type { Context } from "./context";

/**
 * Removes all dumps but those of the last `dump.retain` releases and of the newest attempt, whatever became of it; where the
 * config names no number every dump stays. Only records of this journal are looked at. A dump that can't be removed is said
 * and no more: the data is in its place all the same.
 * @returns the records whose dumps are gone.
 */
export async function removeOldDumps(
  { spec, journal, reporter, dumps: { storage } }: Context,
  log: RecordLog,
): Promise<readonly string[]> {
  const { retain } = spec.dump;
  if (retain === undefined) return [];
  const warn = (error: unknown): void => {
    const found = error instanceof Error ? error.message : String(error);
    reporter.warn(`old dumps stay in ${storage.where()}: ${found}`);
  };
  const dumps = await dumpsIn(storage).catch(warn);
  if (!dumps) return [];
  const closed = (await journal.closings()).map(({ detail }) => detail as unknown as ReleaseRecordData);
  // A release that is over but for its closing is the newest.
  const records = [{ id: log.record, outcome: "released" }, ...closed].filter(({ id }) => dumps.has(id));
  const released = records.filter(({ id, outcome }) => outcome === "released" && dumps.get(id) === "whole");
  const kept = new Set([...records.slice(0, 1), ...released.slice(0, retain)].map(({ id }) => id));
  const removed: string[] = [];
  for (const { id } of records.filter((record) => !kept.has(record.id))) {
    await log.step(`remove dump ${id}`, {}, () =>
      removeDump(storage.within(id)).then(() => void removed.push(id), warn),
    );
  }
  return removed;
}

/** Records of which anything of a dump is there. */
async function dumpsIn(storage: DumpStorage): Promise<ReadonlyMap<string, "whole" | "in part">> {
  const found = new Map<string, "whole" | "in part">();
  for (const name of (await storage.list()).keys()) {
    const [record = "", file, ...below] = name.split("/");
    if (file === manifestFile) found.set(record, "whole");
    else if (below.length > 0 && !found.has(record)) found.set(record, "in part");
  }
  return found;
}
