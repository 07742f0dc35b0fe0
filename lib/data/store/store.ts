import { type Db, MongoClient, MongoError, type Document } from "mongodb";
import { Refusal } from "../../problem";
import type { MongoStoreSpec } from "../protocol";
import type { Secrets } from "../secrets";
import { MongoLedger } from "./mongo-ledger";

/** Long enough for a step-down of a replica set, short enough to say what is wrong while somebody looks. */
const selectionTimeout = 15_000;

/** An open connection to the release's database, as the release's own user. */
export class Store {
  readonly ledger: MongoLedger;

  private constructor(
    readonly client: MongoClient,
    readonly db: Db,
    readonly limits: ServerLimits,
  ) {
    this.ledger = new MongoLedger(db);
  }

  /** @throws Refusal when the server can't be reached or refuses the user. */
  static async open(spec: MongoStoreSpec, secrets: Secrets): Promise<Store> {
    const client = await connect(
      secrets.uri(spec.uri, "slipway:data.store.uri", "release"),
      "slipway:data.store.uri",
      secrets,
    );
    return new Store(client, client.db(spec.database), await readLimits(client));
  }

  /** The server's clock: one clock for all owners, whatever theirs say (fault group 14). */
  async now(): Promise<Date> {
    const hello = await this.client.db("admin").command({ isMaster: 1 });
    return hello["localTime"] instanceof Date ? hello["localTime"] : new Date();
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

/** What the server takes in one message. */
export interface ServerLimits {
  readonly maxBatchDocuments: number;
  readonly maxMessageBytes: number;
  readonly version: string;
}

/** @throws Refusal when the server can't be reached or refuses the user; without secrets. */
export async function connect(uri: string, where: string, secrets: Secrets): Promise<MongoClient> {
  try {
    const client = new MongoClient(uri, {
      appName: "slipway",
      serverSelectionTimeoutMS: selectionTimeout,
      retryWrites: false,
      readPreference: "primary",
      writeConcern: { w: "majority" },
      ignoreUndefined: true,
    });
    await client.connect();
    await client.db("admin").command({ ping: 1 });
    return client;
  } catch (error) {
    throw new Refusal("database", [
      {
        where,
        found: secrets.redact(error instanceof Error ? error.message : String(error)),
        allowed: "a MongoDB server that answers and accepts the release's user",
        mend: "check the connection string, its user and password, and the way to the server",
      },
    ]);
  }
}

async function readLimits(client: MongoClient): Promise<ServerLimits> {
  const admin = client.db("admin");
  const hello: Document = await admin.command({ isMaster: 1 });
  const build: Document = await admin.command({ buildInfo: 1 }).catch(() => ({}));
  return {
    maxBatchDocuments: typeof hello["maxWriteBatchSize"] === "number" ? hello["maxWriteBatchSize"] : 1000,
    maxMessageBytes:
      typeof hello["maxMessageSizeBytes"] === "number" ? hello["maxMessageSizeBytes"] : 48_000_000,
    version: typeof build["version"] === "string" ? build["version"] : "unknown",
  };
}

/** Whether a server error carries one of these codes. */
export function hasCode(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof MongoError && codes.includes(Number(error.code));
}

/** Server error codes that decide what happens next. */
export const code = {
  unauthorized: 13,
  namespaceNotFound: 26,
  namespaceExists: 48,
  commandNotFound: 59,
  userWritesBlocked: 371,
  duplicateKey: 11000,
} as const;
