import { MongoServerError, type Db } from "mongodb";
import { canaryCollection } from "../names";
import { code } from "../store/store";

/** What an ordinary writer was answered. */
export type CanaryVerdict = "accepted" | "refused" | "in-doubt";

/**
 * Writes as an ordinary writer does. `refused` only when the server said that writes are not allowed; no answer, or any
 * other one, is `in-doubt`, and in doubt nothing is opened (rules N10, N15).
 */
export async function canaryWrite(asWriter: Db): Promise<CanaryVerdict> {
  const canary = asWriter.collection<{ _id: string }>(canaryCollection);
  try {
    await canary.updateOne({ _id: "canary" }, { $currentDate: { at: true } }, { upsert: true });
    return "accepted";
  } catch (error) {
    if (!(error instanceof MongoServerError)) return "in-doubt";
    return error.code === code.userWritesBlocked || error.code === code.unauthorized ? "refused" : "in-doubt";
  }
}
