import { type Document, MongoClient } from "mongodb";
import type { DataProcessor, EngineOptions } from "../../lib/data/conductor/context";
import { Signs } from "../../lib/data/conductor/signs";
import { runEngine } from "../../lib/data/engine";
import { frames } from "../../lib/data/bson-frames";
import { isUserCollection } from "../../lib/data/names";
import { OrderFreeHash } from "../../lib/data/order-free-hash";
import type {
  EngineEvent,
  EngineRequest,
  MongoStoreSpec,
  ReleaseSpec,
  StoreSpec,
} from "../../lib/data/protocol";
import { MongoSource } from "../../lib/data/store/mongo-source";
import { data, processor as plainProcessor } from "./plain-data";
import type { TestServer } from "./server";
import { scratch } from "../scratch";

/** A release onto MongoDB. */
export type MongoRelease = ReleaseSpec & { readonly store: MongoStoreSpec };

/** The first release of a test's system, whichever store it is onto. */
export function firstOnto<Store extends StoreSpec>(store: Store): ReleaseSpec & { readonly store: Store } {
  return {
    system: "plain",
    environment: "test",
    release: "v1.0.0",
    hash: "sha256:1",
    operator: "ana",
    images: [],
    store,
    schema: { package: "plain", version: "1.0.0" },
    migrations: "/nowhere",
    reopen: "after-rollout",
    confirmWithin: 60,
    dump: { keep: scratch("dump") },
    keep: { releases: 1 },
  };
}

/** A release of a test, onto a database of its own. */
export function specFor(
  server: Pick<TestServer, "uri" | "writerUri">,
  database: string,
  changes: Partial<MongoRelease> = {},
): MongoRelease {
  const first = firstOnto<MongoStoreSpec>({
    kind: "mongodb",
    uri: { kind: "value", value: server.uri },
    canary: { kind: "value", value: server.writerUri },
    database,
    closeWrites: "strongest",
  });
  return { ...first, ...changes };
}

/** The next release of the same system. */
export function nextOf<Spec extends ReleaseSpec>(spec: Spec, version: string): Spec {
  return {
    ...spec,
    release: `v${version}`,
    hash: `sha256:${version}`,
    schema: { package: "plain", version },
  };
}

/** An engine inside the test's process. */
export class EngineRun {
  readonly events: EngineEvent[] = [];
  readonly signs = new Signs(undefined);
  readonly ended: Promise<boolean>;
  #inPlace: () => void = () => undefined;
  readonly #isInPlace = new Promise<void>((resolve) => {
    this.#inPlace = resolve;
  });

  #ready: () => void = () => undefined;
  readonly #isReady = new Promise<void>((resolve) => {
    this.#ready = resolve;
  });

  constructor(request: EngineRequest, processor: DataProcessor, options: Partial<EngineOptions> = {}) {
    this.ended = runEngine(request, {
      emit: (event) => {
        this.events.push(event);
        if (event.event === "ready") this.#ready();
        if (event.event === "in-place") this.#inPlace();
      },
      signs: this.signs,
      processor,
      options: { lease: 5, boundary: () => undefined, ...options },
    });
  }

  /** Settles when the data is in place. @throws when the engine ended instead. */
  async inPlace(): Promise<void> {
    await Promise.race([
      this.#isInPlace,
      this.ended.then(() => {
        if (!this.has("in-place")) throw new Error(this.said());
      }),
    ]);
  }

  has(event: EngineEvent["event"]): boolean {
    return this.events.some((one) => one.event === event);
  }

  /** Settles when the data may be switched, or already is. @throws when the engine ended instead. */
  async readyOrInPlace(): Promise<void> {
    await Promise.race([this.#isReady, this.inPlace()]);
  }

  /** The last event of a kind. */
  last<Kind extends EngineEvent["event"]>(kind: Kind): Extract<EngineEvent, { event: Kind }> {
    const found = this.events.filter((one) => one.event === kind).at(-1);
    if (!found) throw new Error(`no ${kind} event; ${this.said()}`);
    return found as Extract<EngineEvent, { event: Kind }>;
  }

  /** Why it failed, in its own words. */
  said(): string {
    return this.has("failed") ? this.last("failed").says : "the engine did not fail";
  }
}

/** Runs a release up to its confirmed end. */
export async function releaseAndConfirm(spec: ReleaseSpec, processor: DataProcessor): Promise<EngineRun> {
  const run = new EngineRun({ do: "release", spec }, processor);
  await run.readyOrInPlace();
  if (!run.has("in-place")) await new EngineRun({ do: "switch", spec }, processor).ended;
  await run.inPlace();
  const confirmation = new EngineRun({ do: "confirm", spec }, processor);
  if (!(await confirmation.ended)) throw new Error(confirmation.said());
  if (!(await run.ended)) throw new Error(run.said());
  return run;
}

/** A database that its first release has brought onto schema 1.0.0. @returns that release. */
export async function adopted(
  server: TestServer,
  database: string,
  changes: Partial<MongoRelease> = {},
): Promise<MongoRelease> {
  await fill(server.uri, database, data);
  const first = specFor(server, database, changes);
  await releaseAndConfirm(first, plainProcessor);
  return first;
}

/** A database on schema 1.0.0. @returns the release that leads it to 2.0.0. */
export async function releasedOnce(...about: Parameters<typeof adopted>): Promise<MongoRelease> {
  return nextOf(await adopted(...about), "2.0.0");
}

/** Content hash of every user collection: what must be whole, whatever happened. */
export async function contentOf(uri: string, database: string): Promise<Readonly<Record<string, string>>> {
  const client = await MongoClient.connect(uri);
  try {
    const source = new MongoSource(client.db(database));
    const found: Record<string, string> = {};
    for (const collection of await source.collections()) {
      const hash = new OrderFreeHash();
      for await (const block of source.read(collection)) {
        for (const bytes of frames(block.bytes, collection)) hash.add(bytes);
      }
      found[collection] = `${hash.documents}:${hash.toString()}`;
    }
    return found;
  } finally {
    await client.close();
  }
}

/** Fills a database with a few collections. */
export async function fill(
  uri: string,
  database: string,
  data: Readonly<Record<string, readonly Document[]>>,
): Promise<void> {
  const client = await MongoClient.connect(uri);
  try {
    for (const [collection, documents] of Object.entries(data)) {
      await client
        .db(database)
        .collection(collection)
        .insertMany(documents.map((document) => ({ ...document })));
    }
  } finally {
    await client.close();
  }
}

/** Names of collections that are neither users' nor bookkeeping: staging and originals. */
export async function besideNames(uri: string, database: string): Promise<readonly string[]> {
  const client = await MongoClient.connect(uri);
  try {
    const all = await client.db(database).listCollections({}, { nameOnly: true }).toArray();
    return all
      .map(({ name }) => name)
      .filter(
        (name) => !isUserCollection(name) && !name.startsWith("_slipway_") && !name.startsWith("system."),
      )
      .sort();
  } finally {
    await client.close();
  }
}
