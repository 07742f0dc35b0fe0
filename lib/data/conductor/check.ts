import type { SwapIntent } from "../journal/record-state";
import { type Problem, Refusal } from "../../problem";
import type { CollectionChange } from "../protocol";
import { sideBySide } from "../side-by-side";
import type { Context } from "./context";
import { type DataStore, thingOf } from "./data-store";

/** Things that are looked at at the same time. */
const checksAtOnce = 2;

/**
 * After the swap: the new version has the documents that were verified, and the originals that stepped aside are still what
 * the new version was made from. A write that slipped past the closed gate is found here, whoever made it (fault group 17).
 * @throws Refusal with every difference; the release is taken back then, and the write is still there.
 */
export async function checkInPlace(
  { store }: Context,
  { moves, collections }: SwapIntent,
  mayGoOn: () => void = () => undefined,
): Promise<void> {
  const found = await sideBySide(moves, checksAtOnce, async ({ collection: thing, retained }) => {
    const changes = collections.filter((change) => thingOf(change) === thing);
    const recorded = (name: string): CollectionChange | undefined =>
      changes.find(({ collection }) => collection === name);
    const live = { thing, actual: thing, side: "after", changes, depth: "count" } as const;
    const problems = (await store.differences(live, mayGoOn)).map(({ collection, documents }) =>
      difference(store, collection, `${documents} documents`, `${recorded(collection)?.documentsAfter ?? 0}`),
    );
    if (retained === undefined) return problems;
    const original = { thing, actual: retained, side: "before", changes, depth: "content" } as const;
    for (const { collection, documents } of await store.differences(original, mayGoOn)) {
      const what = `a write while writes were closed: ${documents} documents with another content`;
      const migrated = `the ${recorded(collection)?.documentsBefore ?? 0} documents that were migrated`;
      problems.push(difference(store, collection, what, migrated));
    }
    return problems;
  });
  const problems = found.flat();
  if (problems.length > 0) throw new Refusal("check", problems);
}

function difference({ pastTheGate }: DataStore, where: string, found: string, allowed: string): Problem {
  return {
    where,
    found,
    allowed,
    mend: `find out who wrote (${pastTheGate}); then start the release again`,
  };
}
