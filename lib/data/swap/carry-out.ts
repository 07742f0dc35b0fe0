import type { Db } from "mongodb";
import type { Json } from "../../content-hash";
import type { RecordLog } from "../journal/record-log";
import { stepName, type SwapIntent } from "../journal/record-state";
import { retainedName, stagingName } from "../names";
import type { ProcessReport } from "../migrations";
import { type CollectionInfo, listAll } from "../store/catalog";
import { type Move, type Present, type Rename, renamesBack, renamesForward } from "./move";

/** The moves that put a staged version in place. */
export function movesOf(
  report: ProcessReport,
  all: readonly CollectionInfo[],
  token: number,
): readonly Move[] {
  const present = new Map(all.map((info) => [info.name, info]));
  const gone = new Set([
    ...report.deleted.map(({ collection }) => collection),
    ...report.renamed.map(({ from }) => from),
  ]);
  const staged = report.changed.filter((collection) => present.has(stagingName(collection, token)));
  const names = [...new Set([...staged, ...gone])].sort();
  return names.map((collection): Move => {
    const next = staged.includes(collection) ? stagingName(collection, token) : undefined;
    const liveUuid = present.get(collection)?.uuid;
    const stagedUuid = next === undefined ? undefined : present.get(next)?.uuid;
    const uuids = {
      ...(liveUuid === undefined ? {} : { liveUuid }),
      ...(stagedUuid === undefined ? {} : { stagedUuid }),
    };
    const retained = retainedName(collection, token);
    if (next === undefined) return { collection, action: "remove", retained, ...uuids };
    return present.has(collection)
      ? { collection, action: "replace", staged: next, retained, ...uuids }
      : { collection, action: "create", staged: next, ...uuids };
  });
}

/** Renames until the new version stands in the old one's place. */
export async function swap(db: Db, log: RecordLog, intent: SwapIntent): Promise<void> {
  await log.step(stepName.swap, intent as unknown as Json, async () => {
    await carryOut(db, log, renamesForward(intent.moves, await present(db)));
  });
}

/** Renames until the old version stands in its place again, however far the swap went. */
export async function unswap(db: Db, log: RecordLog, intent: SwapIntent): Promise<void> {
  await log.step(stepName.unswap, {}, async () => {
    await carryOut(db, log, renamesBack(intent.moves, await present(db)));
  });
}

async function carryOut(db: Db, log: RecordLog, renames: readonly Rename[]): Promise<void> {
  for (const { from, to, uuid } of renames) {
    await log.step(`rename ${from} to ${to}`, { uuid: uuid ?? null }, async () => {
      await db.renameCollection(from, to, { dropTarget: false });
    });
  }
}

async function present(db: Db): Promise<Present> {
  return new Map((await listAll(db)).map((info) => [info.name, info]));
}
