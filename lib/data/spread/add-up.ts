import { bound, type ProcessReport } from "../migrations";
import { sumOfHashes } from "../order-free-hash";
import type { CollectionChange } from "../protocol";

/** What the units of a pass reported: the frame, and each part of a collection that counts beside it. */
export interface PartReports {
  readonly sources: readonly string[];
  readonly frame: ProcessReport;
  readonly parts: readonly { readonly report: ProcessReport }[];
}

/**
 * One report from those of all parts: counts and content hashes are sums, so that the order doesn't matter.
 * Dangling references are not known yet.
 */
export function addUp({ frame, sources, parts }: PartReports): ProcessReport {
  const all = [frame, ...parts.map(({ report }) => report)];
  const collections = rows(sources, all);
  const total = (of: (totals: ProcessReport["totals"]) => number): number =>
    sum(all.map(({ totals }) => of(totals)));
  const changed = new Set(all.flatMap((report) => report.changed));
  return {
    collections,
    changed: collections.map(({ collection }) => collection).filter((name) => changed.has(name)),
    touched: frame.touched,
    created: frame.created,
    renamed: frame.renamed,
    deleted: frame.deleted.map(({ collection }) => deletedBy(collection, all)),
    unjudged: unjudged(all),
    invalid: all.flatMap(({ invalid }) => invalid).slice(0, bound),
    totals: {
      documentsBefore: sum(collections.map(({ documentsBefore }) => documentsBefore)),
      documentsAfter: sum(collections.map(({ documentsAfter }) => documentsAfter)),
      invalidBefore: total(({ invalidBefore }) => invalidBefore),
      madeInvalid: total(({ madeInvalid }) => madeInvalid),
      mended: total(({ mended }) => mended),
      removed: total(({ removed }) => removed),
      dangling: 0,
    },
    removed: all.flatMap(({ removed }) => removed).slice(0, bound),
    dangling: [],
    idKinds: [...new Set(all.flatMap(({ idKinds }) => idKinds))],
    references: {
      gone: [...new Set(all.flatMap(({ references }) => references?.gone ?? []))],
      added: all.flatMap(({ references }) => references?.added ?? []),
    },
    reportFile: frame.reportFile,
  };
}

/**
 * Parts of collections that the frame turned out to look into are judged as they were, and not as they will be: the frame's
 * word stands for them.
 */
export function partsThatCount<Item extends { readonly collection: string }>({
  frame,
  parts,
}: {
  readonly frame: ProcessReport;
  readonly parts: readonly Item[];
}): readonly Item[] {
  const seen = new Set(frame.collections.filter(hasDocuments).map(({ collection }) => collection));
  return parts.filter(({ collection }) => !seen.has(collection));
}

function hasDocuments({ documentsBefore }: CollectionChange): boolean {
  return documentsBefore > 0;
}

function rows(sources: readonly string[], reports: readonly ProcessReport[]): readonly CollectionChange[] {
  const found = new Map<string, CollectionChange[]>(sources.map((name) => [name, []]));
  for (const change of reports.flatMap(({ collections }) => collections)) {
    const known = found.get(change.collection);
    if (known) known.push(change);
    else found.set(change.collection, [change]);
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([collection, changes]) => ({
      collection,
      documentsBefore: sum(changes.map((one) => one.documentsBefore)),
      documentsAfter: sum(changes.map((one) => one.documentsAfter)),
      added: sum(changes.map((one) => one.added)),
      changed: sum(changes.map((one) => one.changed)),
      removed: sum(changes.map((one) => one.removed)),
      hashBefore: sumOfHashes(changes.map((one) => one.hashBefore)),
      hashAfter: sumOfHashes(changes.map((one) => one.hashAfter)),
    }));
}

function deletedBy(collection: string, reports: readonly ProcessReport[]): ProcessReport["deleted"][number] {
  const told = reports.flatMap(({ deleted }) => deleted.filter((one) => one.collection === collection));
  const documents = sum(told.map((one) => one.documents));
  const reason = told.find((one) => one.documents > 0)?.reason ?? told[0]?.reason ?? "";
  return { collection, documents, reason };
}

function unjudged(reports: readonly ProcessReport[]): ProcessReport["unjudged"] {
  const found = new Map<string, number>();
  for (const { collection, documents } of reports.flatMap((report) => report.unjudged))
    found.set(collection, (found.get(collection) ?? 0) + documents);
  return [...found].map(([collection, documents]) => ({ collection, documents }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
