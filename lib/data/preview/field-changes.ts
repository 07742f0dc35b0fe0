import { BSON } from "mongodb";
import { isPlain, readTyped } from "../migrations/typescript/typed-values";

/** One field in which a document differs from what it was. */
export interface FieldChange {
  readonly how: "added" | "removed" | "changed";
  /** Names and indices on the way to the field; empty for the document itself. */
  readonly path: readonly (string | number)[];
  /** With exact BSON types; absent for what was added. */
  readonly before?: unknown;
  readonly after?: unknown;
}

type Path = FieldChange["path"];

/** The smallest fields in which two documents differ, in the order of the new one. */
export function fieldChanges(before: Uint8Array, after: Uint8Array): readonly FieldChange[] {
  return valueChanges(readTyped(before), readTyped(after));
}

/** The same of values. */
export function valueChanges(before: unknown, after: unknown): readonly FieldChange[] {
  return changes(before, after, []);
}

/** JSON pointer (RFC 6901) with indices; or with `*` in their place, so that all items of an array count as one field. */
export function pointer(path: Path, indices: "kept" | "collapsed"): string {
  return path
    .map((part) => {
      if (typeof part === "number") return indices === "kept" ? `/${part}` : "/*";
      return `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    })
    .join("");
}

function changes(before: unknown, after: unknown, path: Path): readonly FieldChange[] {
  if (text(before) === text(after)) return [];
  const found =
    isPlain(before) && isPlain(after)
      ? inObject(before, after, path)
      : Array.isArray(before) && Array.isArray(after)
        ? inArray(before, after, path)
        : [];
  // Other types, or the same members in another order: then the whole of it changed.
  return found.length > 0 ? found : [{ how: "changed", path, before, after }];
}

function inObject(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path: Path,
): readonly FieldChange[] {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return [
    ...Object.keys(after).flatMap((key): readonly FieldChange[] =>
      Object.hasOwn(before, key)
        ? changes(before[key], after[key], [...path, key])
        : [{ how: "added", path: [...path, key], after: after[key] }],
    ),
    ...gone.map((key): FieldChange => ({ how: "removed", path: [...path, key], before: before[key] })),
  ];
}

/** Items that are on both sides stay out; the others are paired in their order. */
function inArray(before: readonly unknown[], after: readonly unknown[], path: Path): readonly FieldChange[] {
  const [old, next] = withoutCommon(before, after);
  const pairs = Math.min(old.length, next.length);
  return [
    ...next.slice(0, pairs).flatMap(({ item, at }, pair) => changes(old[pair]?.item, item, [...path, at])),
    ...next
      .slice(pairs)
      .map(({ item, at }): FieldChange => ({ how: "added", path: [...path, at], after: item })),
    ...old.slice(pairs).map(({ item, at }): FieldChange => ({
      how: "removed",
      path: [...path, at],
      before: item,
    })),
  ];
}

interface Placed {
  readonly item: unknown;
  readonly at: number;
}

function withoutCommon(
  before: readonly unknown[],
  after: readonly unknown[],
): readonly [readonly Placed[], readonly Placed[]] {
  const waiting = new Map<string, number[]>();
  for (const [at, item] of before.entries()) {
    const key = text(item);
    waiting.set(key, [...(waiting.get(key) ?? []), at]);
  }
  const next = after
    .map((item, at) => ({ item, at }))
    .filter(({ item }) => waiting.get(text(item))?.shift() === undefined);
  const left = new Set([...waiting.values()].flat());
  return [before.map((item, at) => ({ item, at })).filter(({ at }) => left.has(at)), next];
}

function text(value: unknown): string {
  return BSON.EJSON.stringify(value, { relaxed: false });
}
