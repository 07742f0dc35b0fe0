import { Refusal } from "../../problem";
import { RecordLog } from "../journal/record-log";
import type { Context } from "./context";
import { clean } from "./finish";
import { openRecordState, takeLock } from "./record";

/** Drops what no way back needs any more, under the lock and on the journal. @returns the names that were dropped. */
export async function cleanUp(context: Context): Promise<readonly string[]> {
  const lock = await takeLock(context);
  try {
    if (await openRecordState(context)) {
      throw new Refusal("clean", [
        {
          where: "the journal",
          found: "a release that is still open",
          allowed: "nothing open: what looks left over may be what it needs",
          mend: `slipway data resume ${context.spec.environment}`,
        },
      ]);
    }
    const { journal, options } = context;
    const log = new RecordLog(
      journal,
      lock,
      `clean-${lock.token}`,
      options.boundary,
      await journal.head(),
      [],
    );
    return await clean(context, log);
  } finally {
    await lock.release().catch(() => undefined);
  }
}
