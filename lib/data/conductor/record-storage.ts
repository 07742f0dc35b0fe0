import { FolderStorage } from "../dump/folder-storage";
import type { DumpStorage } from "../dump/storage";
import type { RecordLog } from "../journal/record-log";
import type { ReleaseSpec } from "../protocol";

/** Where dumps stay, as the config names it. */
export function dumpStorage({ dump }: Pick<ReleaseSpec, "dump">): DumpStorage {
  return new FolderStorage(dump.keep);
}

/** Where a record leaves its dump, its reports and its proof. */
export function recordStorage({ spec }: { readonly spec: ReleaseSpec }, log: RecordLog): DumpStorage {
  return dumpStorage(spec).within(log.record);
}
