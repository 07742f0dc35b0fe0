import type { RecordLog } from "../journal/record-log";
import type { MongoContext } from "../store/mongo-context";
import { measuredStage, type StageFigures, type StageName } from "./stage-figures";

/** How many records back a stage is looked for: an older one says little of today's machines. */
const records = 5;

/** What a stage took when it was last done: earlier in this release, or in one of the releases before. */
export async function lastTime(
  { journal }: Pick<MongoContext, "journal">,
  log: RecordLog,
  stage: StageName,
): Promise<StageFigures | undefined> {
  const here = measuredStage(log.entries, stage);
  if (here) return here;
  for (const { record } of (await journal.closings()).slice(0, records)) {
    const found = measuredStage(await journal.ofRecord(record), stage);
    if (found) return found;
  }
  return undefined;
}
