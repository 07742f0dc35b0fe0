import { idText } from "../document-id";
import type { SeenDocument } from "../migrations";
import type { ExampleChange, TouchedField } from "./data-plan";
import { fieldChanges, type FieldChange, pointer } from "./field-changes";
import { safeValue } from "./safe-value";

/** Examples per release, and fields per example. */
const examplesShown = 3;
const fieldsShown = 6;
/** Fields of a collection that are counted one by one: names that are data would be without end. */
const fieldsCounted = 200;

/** Gathers in which fields documents differ, and a few examples that are as unlike as possible. */
export class ChangesSeen {
  readonly #fields = new Map<string, Map<string, { readonly field: TouchedField; documents: number }>>();
  readonly #examples = new Map<string, Map<string, ExampleChange>>();

  /** Takes one document of the new version; one that is new, moved or the same says nothing about fields. */
  see({ collection, original, bytes }: SeenDocument): void {
    if (original?.collection !== collection || Buffer.compare(original.bytes, bytes) === 0) return;
    this.note(collection, () => idText(bytes), fieldChanges(original.bytes, bytes));
  }

  /** Takes one document, or row, by what changed in it. @param id its identity for people, asked for where it is shown. */
  note(collection: string, id: () => string, changes: readonly FieldChange[]): void {
    this.#count(collection, changes);
    this.#keep(collection, id, changes);
  }

  /** The fields of a collection that documents differ in, the most frequent first. */
  fields(collection: string): readonly TouchedField[] {
    return [...(this.#fields.get(collection)?.values() ?? [])]
      .map(({ field, documents }) => ({ ...field, documents }))
      .sort((a, b) => b.documents - a.documents || (a.pointer < b.pointer ? -1 : 1));
  }

  /** At most three: of different collections before different kinds of change. */
  examples(): readonly ExampleChange[] {
    const each = [...this.#examples.values()].map((kinds) => [...kinds.values()]);
    const rounds = Array.from({ length: examplesShown }, (_, round) =>
      each.flatMap((kinds) => kinds.slice(round, round + 1)),
    );
    return rounds.flat().slice(0, examplesShown);
  }

  #count(collection: string, changes: readonly FieldChange[]): void {
    const fields =
      this.#fields.get(collection) ?? new Map<string, { field: TouchedField; documents: number }>();
    this.#fields.set(collection, fields);
    const touched = new Map(
      changes.map(({ path, how }) => {
        const field = { pointer: pointer(path, "collapsed"), how, documents: 0 };
        return [`${how} ${field.pointer}`, field] as const;
      }),
    );
    for (const [key, field] of touched) {
      const known = fields.get(key);
      if (known) known.documents += 1;
      else if (fields.size < fieldsCounted) fields.set(key, { field, documents: 1 });
    }
  }

  #keep(collection: string, id: () => string, changes: readonly FieldChange[]): void {
    const kinds = this.#examples.get(collection) ?? new Map<string, ExampleChange>();
    this.#examples.set(collection, kinds);
    const kind = changes.map(({ path, how }) => `${how} ${pointer(path, "collapsed")}`).join("\n");
    if (kinds.has(kind) || kinds.size >= examplesShown) return;
    kinds.set(kind, {
      collection,
      id: id(),
      fields: changes.slice(0, fieldsShown).map(({ path, how, before, after }) => ({
        pointer: pointer(path, "kept"),
        how,
        ...(how === "added" ? {} : { before: safeValue(before, path) }),
        ...(how === "removed" ? {} : { after: safeValue(after, path) }),
      })),
      more: Math.max(0, changes.length - fieldsShown),
    });
  }
}
