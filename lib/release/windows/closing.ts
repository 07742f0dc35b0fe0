/**
 * What a window that closes in the middle of a release means.
 *
 * A release starts only when the whole of its time budget fits into what is left of the window (rule F19). When it takes longer:
 * - before the swap the live data is as it was: the release stops, is undone, and ends red; users have what they had;
 * - from the swap on, going on is shorter and safer than going back: it goes on to its end, writes stay closed and users see the
 *   maintenance until then, and the record says by how many minutes it overran.
 * It is never cut off between the two, and maintenance is never ended by the clock alone (rule A17).
 */
export type AtClosing =
  { readonly do: "stop-and-undo" } | { readonly do: "finish"; readonly overranMinutes: number };

/** @param swapped whether the new data is in its place. @param now and @param end as milliseconds since the epoch. */
export function atClosing(swapped: boolean, now: number, end: number): AtClosing | undefined {
  if (now < end) return undefined;
  return swapped
    ? { do: "finish", overranMinutes: Math.ceil((now - end) / 60_000) }
    : { do: "stop-and-undo" };
}
