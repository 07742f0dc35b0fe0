import { randomUUID } from "node:crypto";
import type { Db } from "mongodb";
import { CollectionWriter } from "../dump/collection-writer";
import type { DumpStorage } from "../dump/storage";
import { OrderFreeHash } from "../order-free-hash";
import { MongoSource } from "../store/mongo-source";
import { passedOf } from "./passed";
import type { Unit, UnitResult, WorkPlan } from "./work";

type ReadUnit = Extract<Unit, { do: "dump" | "scan" }>;

/** Where documents are read, and who says that it is still wanted. */
export interface ReadingPlace {
  readonly db: Db;
  readonly storage: DumpStorage;
  readonly plan: WorkPlan;
  /** Called between blocks. @throws when the lock is another's. */
  readonly mayGoOn: () => Promise<void>;
}

/** Reads a stretch of a collection into a file of this attempt's own. */
export async function dumpUnit(
  { id, collection, range }: ReadUnit,
  { db, storage, plan, mayGoOn }: ReadingPlace,
): Promise<Pick<UnitResult, "passed" | "dumped">> {
  const folder = `${plan.pass}/dump/${id}-${randomUUID().slice(0, 8)}`;
  const writer = await CollectionWriter.create(storage.within(folder), collection, plan.segmentBytes);
  try {
    for await (const block of new MongoSource(db, undefined, range).read(collection)) {
      await mayGoOn();
      await writer.write(block);
    }
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  const { file, hash, segments } = await writer.finish();
  return { passed: passedOf(collection, hash), dumped: { file: `${folder}/${file}`, segments } };
}

/** Reads a stretch of a collection for its content hash (rule N14). */
export async function scanUnit(
  { collection, range }: ReadUnit,
  { db, mayGoOn }: Pick<ReadingPlace, "db" | "mayGoOn">,
): Promise<Pick<UnitResult, "passed">> {
  const hash = new OrderFreeHash();
  for await (const batch of new MongoSource(db, undefined, range).batches(collection)) {
    await mayGoOn();
    for (const document of batch) hash.add(document);
  }
  return { passed: passedOf(collection, hash) };
}
