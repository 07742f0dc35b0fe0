import { RecordState } from "../journal/record-state";
import type { ReleaseRecordData } from "../protocol";
import { readSchemaState } from "../journal/schema-state";
import type { Context } from "./context";

/** The record of this very release, when it stands already: then there is nothing to do (rule X3). */
export async function standingRecord({
  spec,
  store,
  journal,
}: Context): Promise<ReleaseRecordData | undefined> {
  const holds = await readSchemaState(store.ledger);
  if (holds?.hash !== spec.hash) return undefined;
  if (RecordState.from(await journal.newestRecord())?.closed === undefined) return undefined;
  const records = (await journal.closings()).map(({ detail }) => detail as unknown as ReleaseRecordData);
  return records.find(({ outcome, hash }) => outcome === "released" && hash === spec.hash);
}
