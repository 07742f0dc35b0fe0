import { join } from "node:path";
import type { RecordLog } from "../journal/record-log";
import type { ReleaseSpec } from "../protocol";

/** Where a record leaves its dump, its reports and its proof. */
export function recordFolder({ spec }: { readonly spec: ReleaseSpec }, log: RecordLog): string {
  return join(spec.dump.keep, log.record);
}
