import { setTimeout as sleep } from "node:timers/promises";
import { BSON, type Db, type Document, MongoClient } from "mongodb";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";

/** A system's database on the embedded environment's MongoDB. */
export class MongoDatabase {
  constructor(
    private readonly mongo: EmbeddedEnvironment["mongo"],
    readonly name: string,
  ) {}

  /** Connection string of an ordinary user, as a pod must use it. */
  get podUri(): string {
    const uri = new URL(this.mongo.podUri);
    uri.pathname = `/${this.name}`;
    return uri.href;
  }

  /** As the release's own user. */
  withDatabase<Result>(use: (db: Db) => Promise<Result>): Promise<Result> {
    return this.connected(this.mongo.uri, use);
  }

  /** As an ordinary user of the system, who is refused while writes are closed. */
  asUser<Result>(use: (db: Db) => Promise<Result>): Promise<Result> {
    return this.connected(this.mongo.userUri, use);
  }

  /** Fills the database; returns the number of documents. */
  fill(documents: Readonly<Record<string, readonly Document[]>>): Promise<number> {
    return this.withDatabase(async (db) => {
      let total = 0;
      for (const [collection, members] of Object.entries(documents)) {
        if (members.length === 0) continue;
        // A server stores `_id` first; so these documents are written that way, whatever the server.
        const whole = members.map((member) => ({ _id: new BSON.ObjectId(), ...member }));
        await db.collection(collection).insertMany(whole);
        total += members.length;
      }
      return total;
    });
  }

  /** Version of the schema that holds; `none` before the first release. */
  async schema(): Promise<string> {
    const state = await this.withDatabase((db) =>
      db.collection<{ _id: string; version: string }>("_slipway_state").findOne({ _id: "schema" }),
    );
    return state?.version ?? "none";
  }

  /** Waits until no release is under way: an engine that outlived its `up` may still be taking one back. */
  async settled(): Promise<void> {
    for (;;) {
      const lock = await this.withDatabase((db) =>
        db.collection<{ _id: string; owner: object | null }>("_slipway_state").findOne({ _id: "lock" }),
      );
      if (!lock?.owner) return;
      await sleep(200);
    }
  }

  async drop(): Promise<void> {
    await this.withDatabase((db) => db.dropDatabase());
  }

  private async connected<Result>(uri: string, use: (db: Db) => Promise<Result>): Promise<Result> {
    const client = await MongoClient.connect(uri);
    try {
      return await use(client.db(this.name));
    } finally {
      await client.close();
    }
  }
}
