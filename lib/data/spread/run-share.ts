import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../problem";
import { openStorage } from "../conductor/record-storage";
import type { StoragePlace } from "../dump/bucket-spec";
import type { DumpStorage } from "../dump/storage";
import { LockLost } from "../journal/lock";
import type { Secrets } from "../secrets";
import { Store } from "../store/store";
import { engineHash } from "./engine-hash";
import { loadUnit } from "./load-unit";
import type { Migrator, Workplace } from "./migrate-unit";
import { hashOf } from "./hash-of";
import { doneFile } from "./pass-files";
import { DumpedStretch, type ReadingPlace, scanUnit } from "./read-unit";
import { getSealed, putSealed } from "./sealed";
import type { Findings, Unit, UnitResult, WorkPlan } from "./work";

/** What a worker is told; it holds a secret, and travels as one. */
export interface WorkOrder {
  /** Where dumps stay: a volume that coordinator and workers share, or a bucket. */
  readonly place: StoragePlace;
  readonly record: string;
  readonly plan: { readonly file: string; readonly seal: string };
  /** Connection string of the release's own user. */
  readonly uri: string;
  readonly threads: number;
}

/** The lock is looked at this often at most, in milliseconds, while documents are written. */
const lookEvery = 1000;

/**
 * Does one share of a plan. What an earlier attempt finished is not done again.
 * @throws Refusal for what another attempt can't mend; LockLost when the release went on without us; anything else is worth
 *   another attempt.
 */
export async function runShare(order: WorkOrder, index: number, secrets: Secrets): Promise<void> {
  const storage = storageOf(order);
  const plan = (await getSealed(storage, order.plan.file, order.plan.seal)) as unknown as WorkPlan;
  refuseOtherEngine(plan);
  const place = await mkdtemp(join(tmpdir(), "slipway-worker-"));
  const store = await openStore(order, plan, secrets);
  const share = plan.shares[index] ?? [];
  let migrator: Migrator | undefined;
  try {
    const mayGoOn = fenced(store, plan.token);
    await mayGoOn();
    const { db, limits } = store;
    const reading: ReadingPlace = { db, storage, plan, mayGoOn };
    const doUnit = async (unit: Unit, attempt: string): Promise<Findings> => {
      if (unit.do === "scan") return scanUnit(unit, reading);
      if (unit.do === "dump") return new DumpedStretch(unit, attempt, reading).finish();
      if (unit.do === "load") return loadUnit(unit, { storage, db, limits, token: plan.token, mayGoOn });
      migrator ??= await openMigrator({ ...reading, place, threads: order.threads });
      return migrator.migrate(unit, attempt);
    };
    for (const unit of share) {
      if (await isDone(storage, plan, unit)) continue;
      await mayGoOn();
      const begun = performance.now();
      const attempt = `${unit.id}-${randomUUID().slice(0, 8)}`;
      const found = await doUnit(unit, attempt);
      const seconds = (performance.now() - begun) / 1000;
      const result: UnitResult = { unit: hashOf(unit), attempt, ...found, seconds };
      await putSealed(storage, doneFile(plan.pass, unit.id), result);
    }
  } finally {
    await migrator?.close();
    await store.close();
    await rm(place, { recursive: true, force: true });
  }
}

/** The coordinator reaches the server: that a worker doesn't may pass, and is worth another attempt. */
async function openStore(order: WorkOrder, { database }: WorkPlan, secrets: Secrets): Promise<Store> {
  const uri = { kind: "value", value: order.uri } as const;
  try {
    return await Store.open({ kind: "mongodb", uri, database, closeWrites: "strongest" }, secrets);
  } catch (error) {
    throw new Error(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** What migrates and judges is loaded by those workers alone that do. */
async function openMigrator(workplace: Workplace): Promise<Migrator> {
  const { Migrator: migrating } = await import("./migrate-unit");
  return migrating.open(workplace);
}

/** The record's storage, as a worker reaches it. */
export function storageOf({ place, record }: WorkOrder): DumpStorage {
  return openStorage(place).within(record);
}

async function isDone(storage: DumpStorage, { pass }: WorkPlan, unit: Unit): Promise<boolean> {
  const found = await getSealed(storage, doneFile(pass, unit.id)).catch(() => undefined);
  return (found as unknown as UnitResult | undefined)?.unit === hashOf(unit);
}

function refuseOtherEngine({ engine }: WorkPlan): void {
  const own = engineHash();
  if (own === engine) return;
  throw new Refusal("worker", [
    {
      where: "slipway:data.execution.image",
      found: `an engine with content hash ${own}`,
      allowed: `the engine of the release, ${engine}`,
      mend: "build the image from the commit that is released, and pin its digest",
    },
  ]);
}

/** Stops a worker whose release went on without it: one that was cut off, or comes back from the dead. */
function fenced({ ledger }: Store, token: number): () => Promise<void> {
  let looked = -Infinity;
  return async () => {
    if (performance.now() - looked < lookEvery) return;
    const lock = await ledger.lock.read();
    if (lock?.token !== token || lock.owner === undefined) throw new LockLost(token);
    looked = performance.now();
  };
}
