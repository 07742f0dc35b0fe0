import type { SwapIntent } from "../journal/record-state";
import { type Problem, Refusal } from "../../problem";
import { sideBySide } from "../side-by-side";
import type { Context } from "./context";
import { scan, scansAtOnce } from "./forward";

/**
 * After the swap: the new version has the documents that were verified, and the originals that stepped aside are still what
 * the new version was made from. A write that slipped past the closed gate is found here, whoever made it (fault group 17).
 * @throws Refusal with every difference; the release is taken back then, and the write is still there.
 */
export async function checkInPlace(context: Context, { moves, collections }: SwapIntent): Promise<void> {
  const found = await sideBySide(moves, scansAtOnce, async ({ collection, retained }) => {
    const change = collections.find((one) => one.collection === collection);
    const count = await context.store.db.collection(collection).countDocuments({});
    const wanted = change?.documentsAfter ?? 0;
    const problems = count === wanted ? [] : [difference(collection, `${count} documents`, `${wanted}`)];
    if (retained === undefined || !change) return problems;
    const original = await scan(context, collection, retained, () => undefined);
    if (original.toString() === change.hashBefore) return problems;
    const what = `a write while writes were closed: ${original.documents} documents with another content`;
    const migrated = `the ${change.documentsBefore} documents that were migrated`;
    return [...problems, difference(collection, what, migrated)];
  });
  const problems = found.flat();
  if (problems.length > 0) throw new Refusal("check", problems);
}

function difference(where: string, found: string, allowed: string): Problem {
  return {
    where,
    found,
    allowed,
    mend: "find out who writes with bypassWriteBlockingMode; then start the release again",
  };
}
