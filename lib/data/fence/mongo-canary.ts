import { MongoServerError, type Db } from "mongodb";
import { canaryCollection } from "../names";
import { code } from "../store/store";
import type { Canary, CanaryVerdict } from "./canary";

/** An ordinary writer of a MongoDB database. */
export class MongoCanary implements Canary {
  constructor(private readonly asWriter: Db) {}

  async write(): Promise<CanaryVerdict> {
    const canary = this.asWriter.collection<{ _id: string }>(canaryCollection);
    try {
      await canary.updateOne({ _id: "canary" }, { $currentDate: { at: true } }, { upsert: true });
      return "accepted";
    } catch (error) {
      if (!(error instanceof MongoServerError)) return "in-doubt";
      return error.code === code.userWritesBlocked || error.code === code.unauthorized
        ? "refused"
        : "in-doubt";
    }
  }
}
