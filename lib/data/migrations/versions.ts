/** A published schema version: two to four numbers with dots. Example: `11.24.0`. */
export const versionPattern = /^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){1,3}$/;

/** Negative when `a` is older than `b`; a missing number counts as 0, so `11.25` equals `11.25.0`. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
