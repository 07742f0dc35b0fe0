import { Refusal } from "../../problem";

/**
 * How one collection changes places. `replace`: the live one steps aside, the staged one takes its name. `create`: only the
 * second. `remove`: only the first. A way back moves retained originals with the very same moves.
 */
export interface Move {
  readonly collection: string;
  readonly action: "replace" | "create" | "remove";
  /** Where the version to come stands; none for `remove`. */
  readonly staged?: string;
  /** Where the version that goes will stand; none for `create`. */
  readonly retained?: string;
  /** The server's identities before the swap, where it has any. */
  readonly liveUuid?: string;
  readonly stagedUuid?: string;
}

/** One rename; each is carried out as a step of its own. */
export interface Rename {
  readonly from: string;
  readonly to: string;
  readonly uuid?: string;
}

/** The names that are present, as the server tells them, with its identity of what stands there, where it has any. */
export type Present = ReadonlyMap<string, { readonly uuid?: string }>;

/**
 * Renames that still have to happen for the swap to be whole, decided from the names present alone: after a crash the
 * same question has the same answer (fault groups 2 and 3).
 * @throws Refusal when the names present can't have come from this swap.
 */
export function renamesForward(moves: readonly Move[], present: Present): readonly Rename[] {
  return decide(moves, present, (move) => {
    const aside = move.retained !== undefined && !present.has(move.retained);
    const into = move.staged !== undefined && present.has(move.staged);
    return [
      ...(aside ? [rename(move.collection, move.retained, move.liveUuid)] : []),
      ...(into ? [rename(move.staged, move.collection, move.stagedUuid)] : []),
    ];
  });
}

/** Renames that undo the swap as far as it went. @throws Refusal when the names present can't have come from this swap. */
export function renamesBack(moves: readonly Move[], present: Present): readonly Rename[] {
  return decide([...moves].reverse(), present, (move) => {
    const again = move.retained !== undefined && present.has(move.retained);
    // Where the original is in its place already, a missing staging collection was only cleaned away.
    const swapped = move.retained === undefined ? present.has(move.collection) : again;
    const back = move.staged !== undefined && !present.has(move.staged) && swapped;
    return [
      ...(back ? [rename(move.collection, move.staged, move.stagedUuid)] : []),
      ...(again ? [rename(move.retained, move.collection, move.liveUuid)] : []),
    ];
  });
}

function rename(from: string, to: string, uuid: string | undefined): Rename {
  return uuid === undefined ? { from, to } : { from, to, uuid };
}

/** Plays the renames through on the names, so that an impossible state is found before anything is touched. */
function decide(
  moves: readonly Move[],
  present: Present,
  of: (move: Move) => readonly Rename[],
): readonly Rename[] {
  const renames = moves.flatMap(of);
  const names = new Map([...present].map(([name, { uuid }]) => [name, uuid]));
  const problems = renames.flatMap(({ from, to, uuid }) => {
    const identity = names.get(from);
    const found = !names.has(from)
      ? `nothing under the name ${from}`
      : names.has(to)
        ? `both ${from} and ${to}`
        : uuid !== undefined && identity !== undefined && identity !== uuid
          ? `another one under the name ${from} (${identity})`
          : undefined;
    names.set(to, identity);
    names.delete(from);
    return found === undefined
      ? []
      : [
          {
            where: from,
            found,
            allowed: `${from}${uuid === undefined ? "" : ` (${uuid})`} alone, to be renamed to ${to}`,
            mend: 'writes stay as they are: see "A swap in doubt" in docs/data-bad-night.md',
          },
        ];
  });
  if (problems.length > 0) throw new Refusal("swap", problems);
  return renames;
}
