import type { RecordState } from "../journal/record-state";
import type { Problem } from "../../problem";
import type { CollectionChange } from "../protocol";
import type { Context } from "./context";
import { type Difference, thingOf } from "./data-store";

/** What one release made of a thing that it moved. */
export interface ReleasedThing {
  readonly record: RecordState;
  readonly changes: readonly CollectionChange[];
  readonly retained: string | undefined;
}

/** Undefined where the release did not move the thing. */
export function releasedThing(record: RecordState, thing: string): ReleasedThing | undefined {
  const move = record.swap?.moves.find((one) => one.collection === thing);
  const changes = record.swap?.collections.filter((change) => thingOf(change) === thing) ?? [];
  return move && changes.length > 0 ? { record, changes, retained: move.retained } : undefined;
}

/** In what a thing differs from what a release left there, and a problem for each collection or table of it (rule N18). */
export async function writesSince(
  { store }: Context,
  thing: string,
  { record, changes, retained }: ReleasedThing,
  mend: string,
  mayGoOn: () => void,
): Promise<{ readonly differences: readonly Difference[]; readonly problems: readonly Problem[] }> {
  const { witness } = record;
  const known = { thing, actual: thing, side: "after", changes, depth: "content", witness } as const;
  const differences = await store.differences(known, mayGoOn);
  const problems: Problem[] = [];
  for (const difference of differences) {
    const change = changes.find(({ collection }) => collection === difference.collection) ?? {
      ...nothing,
      collection: difference.collection,
    };
    problems.push({
      where: difference.collection,
      found: `writes of users since the release: ${await store.tellWrites(difference, { change, record, retained })}`,
      allowed: "a way back that loses nothing",
      mend,
    });
  }
  return { differences, problems };
}

/** Of a table that was not there when the release was made. */
const nothing = {
  documentsBefore: 0,
  documentsAfter: 0,
  added: 0,
  changed: 0,
  removed: 0,
  hashBefore: "",
  hashAfter: "",
};
