import type { Document } from "mongodb";
import { frames } from "../../bson-frames";
import { idText } from "../../document-id";
import { Removed, type TypeScriptMigration } from "./define";
import { isPlain, readTyped, restoreTypes, toPlain, writeTyped } from "./typed-values";

/** What a migration made of one block. */
export interface ChangedBlock {
  readonly bytes: Uint8Array;
  readonly documents: number;
  /** Position in the given block of each document that is left. */
  readonly origins: readonly number[];
  /** Positions in the new block of documents that differ. */
  readonly changed: readonly number[];
  readonly removed: readonly { readonly origin: number; readonly reason: string }[];
  /** What can't stand, each named by its document. */
  readonly problems: readonly { readonly id: string; readonly found: string }[];
}

/** Documents of a block whose function is run twice, besides the first changed ones. */
const sampleEvery = 50;
const changedSample = 20;

type Made =
  | { readonly kind: "same" }
  | { readonly kind: "changed"; readonly bytes: Uint8Array }
  | { readonly kind: "removed"; readonly reason: string }
  | { readonly kind: "refused"; readonly found: string };

/** Runs a migration's function over the documents of a block; what stays equal keeps its bytes. */
export function transformBlock(
  migration: TypeScriptMigration,
  collection: string,
  bytes: Uint8Array,
  reached: (index: number) => void,
): ChangedBlock {
  const each = migration.collections?.[collection];
  const kept: Uint8Array[] = [];
  const origins: number[] = [];
  const changed: number[] = [];
  const removed: { origin: number; reason: string }[] = [];
  const problems: { id: string; found: string }[] = [];
  let index = 0;
  for (const document of frames(bytes, collection)) {
    reached(index);
    const made: Made = each ? transform(each, document) : { kind: "same" };
    const again =
      each && (index % sampleEvery === 0 || (made.kind !== "same" && changed.length < changedSample));
    if (made.kind === "refused") problems.push({ id: idText(document), found: made.found });
    else if (again && !equal(made, transform(each, document))) {
      problems.push({
        id: idText(document),
        found: "two runs gave different results; clocks and chance have no place here",
      });
    }
    if (made.kind === "removed") removed.push({ origin: index, reason: made.reason });
    else {
      if (made.kind === "changed") changed.push(kept.length);
      origins.push(index);
      kept.push(made.kind === "changed" ? made.bytes : document);
    }
    index += 1;
  }
  reached(-1);
  return { bytes: join(kept), documents: kept.length, origins, changed, removed, problems };
}

function transform(each: (document: Document) => unknown, bytes: Uint8Array): Made {
  const typed = readTyped(bytes);
  let result: unknown;
  try {
    result = each(toPlain(typed) as Document);
  } catch (error) {
    return refused(`the migration raised: ${messageOf(error)}`);
  }
  if (result instanceof Removed) {
    return result.reason.trim() === ""
      ? refused("removed without a reason")
      : { kind: "removed", reason: result.reason };
  }
  if (!isPlain(result)) return refused(`the migration returned ${nameOf(result)} instead of a document`);
  return compare(bytes, typed, result);
}

function compare(bytes: Uint8Array, typed: Document, result: Document): Made {
  const made = writeTyped(restoreTypes(result, typed) as Document);
  if (Buffer.compare(made, bytes) === 0) return { kind: "same" };
  const faithful = writeTyped(typed);
  if (Buffer.compare(faithful, bytes) !== 0) {
    // JavaScript can't hold it as it is (number-like names, one name twice, old BSON types); fine while it isn't changed.
    return Buffer.compare(made, faithful) === 0
      ? { kind: "same" }
      : refused(
          "has names or types that JavaScript can't write back as they are, and the migration changes it",
        );
  }
  const [before, after] = [typed, result].map(({ _id }) =>
    Buffer.from(writeTyped({ _id: restoreTypes(_id, typed["_id"]) })),
  );
  if (!before || !after?.equals(before)) return refused("the migration changed its _id");
  return { kind: "changed", bytes: made };
}

function equal(a: Made, b: Made): boolean {
  if (a.kind === "changed" && b.kind === "changed") return Buffer.compare(a.bytes, b.bytes) === 0;
  if (a.kind === "removed" && b.kind === "removed") return a.reason === b.reason;
  return a.kind === b.kind;
}

function refused(found: string): Made {
  return { kind: "refused", found };
}

function nameOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}

function messageOf(error: unknown): string {
  return typeof error === "object" && error !== null && "message" in error
    ? String(error.message)
    : String(error);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
