import { markdown } from "../text/markdown";
import { compose } from "./compose";
import type { ReleaseDiff } from "./release-diff";

/** By this line, which nobody sees, the one comment of a pull request is found again. */
export const commentMarker = "<!-- slipway: release comment -->";

/** GitHub takes 65,536 characters at most; what is above stays free for a forge that counts otherwise. */
export const longestComment = 60_000;

/** How many rows a table may have, from generous to sparing. */
const rows = [500, 200, 80, 30, 10, 4, 1] as const;

/** A release diff as one comment: as much of the folded detail as fits, the first lines always. */
export function releaseComment(diff: ReleaseDiff): string {
  for (const most of rows) {
    const text = commentWith(diff, most);
    if (text.length <= longestComment) return text;
  }
  // Texts of a bounded length in tables of one row: this can only be a change of very many environments.
  const head = commentWith({ ...diff, environments: diff.environments.slice(0, 10) }, 1);
  return `${head}\n\nOnly 10 of ${diff.environments.length} environments fit here: \`slipway diff --format html\` has all.\n`;
}

function commentWith(diff: ReleaseDiff, most: number): string {
  return `${commentMarker}\n${markdown(compose(diff, most))}\n`;
}
