import { type DumpStorage, putText } from "../dump/storage";
import { bound, invalidFile, type ProcessReport } from "../migrations";
import type { CollectionChange, InvalidDocument } from "../protocol";
import type { Rehearsed } from "./rehearsal";

/** What making the next version found and did, in the words that a release has for every kind of store. */
export async function reportOf(
  versions: ReadonlyMap<string, Rehearsed>,
  staged: readonly string[],
  storage: DumpStorage,
): Promise<ProcessReport> {
  const collections = [...versions].flatMap(([database, version]) => changesOf(database, version));
  const invalid = [...versions].flatMap(([database, { migrated }]) =>
    migrated.violations.map(({ check, row }): InvalidDocument => ({
      collection: database,
      id: row,
      pointer: "",
      rule: check,
      verdict: "made-invalid",
    })),
  );
  await putText(storage, invalidFile, invalid.map((one) => `${JSON.stringify(one)}\n`).join(""));
  const sum = (of: (change: CollectionChange) => number): number =>
    collections.reduce((total, change) => total + of(change), 0);
  const touched = [...versions].flatMap(([database, { migrated, after }]) =>
    [...(migrated.touched ?? after.keys())].map((table) => `${database}.${table}`),
  );
  return {
    collections,
    changed: staged,
    touched,
    created: [],
    renamed: [],
    deleted: [],
    unjudged: [],
    invalid: invalid.slice(0, bound),
    removed: [],
    dangling: [],
    idKinds: [],
    reportFile: storage.where(invalidFile),
    totals: {
      documentsBefore: sum(({ documentsBefore }) => documentsBefore),
      documentsAfter: sum(({ documentsAfter }) => documentsAfter),
      invalidBefore: 0,
      madeInvalid: invalid.length,
      mended: 0,
      removed: sum(({ removed }) => removed),
      dangling: 0,
    },
  };
}

/** What happened to each table. Where the server counted no rows, as when a table is rewritten, all that stayed count as changed. */
function changesOf(database: string, { before, after, migrated }: Rehearsed): readonly CollectionChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.map((table): CollectionChange => {
    const old = before.get(table);
    const next = after.get(table);
    const [inserted, updated, deleted] = migrated.counted.get(table) ?? [0, 0, 0];
    const [rowsBefore, rowsAfter] = [old?.rows ?? 0, next?.rows ?? 0];
    const kept = Math.min(rowsBefore, rowsAfter);
    const isCounted = inserted + updated + deleted > 0;
    const rewritten = old?.hash === next?.hash ? 0 : kept;
    return {
      collection: `${database}.${table}`,
      database,
      documentsBefore: rowsBefore,
      documentsAfter: rowsAfter,
      added: isCounted ? inserted : Math.max(0, rowsAfter - rowsBefore),
      changed: isCounted ? Math.min(updated, kept) : rewritten,
      removed: isCounted ? deleted : Math.max(0, rowsBefore - rowsAfter),
      hashBefore: old?.hash ?? "",
      hashAfter: next?.hash ?? "",
    };
  });
}
