import type { Journal } from "../journal/journal";
import { RecordState } from "../journal/record-state";
import { retainedName } from "../names";
import type { Move, Present } from "./move";

/** How an older version comes back from the originals that releases kept. */
export interface RetainedVersion {
  /** The moves of the way back, the same kind as those of a way forward. */
  readonly moves: readonly Move[];
  /** The releases that are undone, newest first. */
  readonly past: readonly RecordState[];
}

/**
 * Walks the journal back from the version that holds to the one that is wanted, and says which retained originals make it
 * up; undefined when one of them was cleaned already, or the version never was here.
 */
export async function retainedVersion(
  journal: Journal,
  from: string,
  to: string,
  present: Present,
  token: number,
): Promise<RetainedVersion | undefined> {
  const past = await releasesBack(journal, from, to);
  if (!past) return undefined;
  const sources = new Map<string, string | undefined>();
  // The oldest of them comes last and wins: its originals are what held before it.
  for (const record of past) {
    for (const move of record.swap?.moves ?? []) sources.set(move.collection, move.retained);
  }
  if ([...sources.values()].some((staged) => staged !== undefined && !present.has(staged))) return undefined;
  const moves = [...sources].flatMap(([collection, staged]) => moveBack(collection, staged, present, token));
  return { moves, past };
}

async function releasesBack(
  journal: Journal,
  from: string,
  to: string,
): Promise<readonly RecordState[] | undefined> {
  const found: RecordState[] = [];
  const undone = new Set<string>();
  let version = from;
  for (const { record } of await journal.openings()) {
    if (version === to) return found;
    const state = RecordState.from(await journal.ofRecord(record));
    if (!state?.stands) continue;
    // A way back and what it took back cancel each other out.
    for (const id of state.opened.undoes) undone.add(id);
    if (undone.has(record) || state.opened.undoes.length > 0) continue;
    const { schema } = state.opened;
    if (schema.from === schema.to) continue;
    if (schema.to !== version) return undefined;
    found.push(state);
    version = schema.from;
  }
  return version === to ? found : undefined;
}

function moveBack(
  collection: string,
  staged: string | undefined,
  present: Present,
  token: number,
): readonly Move[] {
  const live = present.get(collection);
  const original = staged === undefined ? undefined : present.get(staged);
  const uuids = {
    ...(live?.uuid === undefined ? {} : { liveUuid: live.uuid }),
    ...(original?.uuid === undefined ? {} : { stagedUuid: original.uuid }),
  };
  const retained = retainedName(collection, token);
  if (staged === undefined) return live ? [{ collection, action: "remove", retained, ...uuids }] : [];
  return live
    ? [{ collection, action: "replace", staged, retained, ...uuids }]
    : [{ collection, action: "create", staged, ...uuids }];
}
