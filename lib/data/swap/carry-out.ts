import type { Json } from "../../content-hash";
import type { RecordLog } from "../journal/record-log";
import { stepName, type SwapIntent } from "../journal/record-state";
import { retainedName, stagingName } from "../names";
import type { ProcessReport } from "../migrations";
import type { DataStore } from "../conductor/data-store";
import { type Move, type Present, type Rename, renamesBack, renamesForward } from "./move";

/** The moves that put a staged version in place. */
export function movesOf(report: ProcessReport, present: Present, token: number): readonly Move[] {
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
export async function swap(store: DataStore, log: RecordLog, intent: SwapIntent): Promise<void> {
  await log.step(stepName.swap, intent as unknown as Json, async () => {
    await carryOut(store, log, renamesForward(intent.moves, await store.present()));
  });
}

/** Renames until the old version stands in its place again, however far the swap went. */
export async function unswap(store: DataStore, log: RecordLog, intent: SwapIntent): Promise<void> {
  await log.step(stepName.unswap, {}, async () => {
    await carryOut(store, log, renamesBack(intent.moves, await store.present()));
  });
}

async function carryOut(store: DataStore, log: RecordLog, renames: readonly Rename[]): Promise<void> {
  const groups = store.atomicRenames ? [renames] : renames.map((rename) => [rename]);
  for (const group of groups.filter(({ length }) => length > 0)) {
    const names = group.map(({ from, to }) => `rename ${from} to ${to}`).join(", ");
    const uuids = group.map(({ uuid }) => uuid ?? null);
    await log.step(names, { uuids }, () => store.rename(group, log.token));
  }
}
