import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { FolderStorage } from "../dump/folder-storage";
import type { DumpStorage } from "../dump/storage";
import type { RecordState } from "../journal/record-state";
import { invalidFile, type ProcessReport } from "../migrations";
import { atMost } from "../preview/bound";
import { ChangesSeen } from "../preview/changes-seen";
import type { DataPlan } from "../preview/data-plan";
import { chooseExtent, type Extent, previewLimits } from "../preview/extent";
import type { InvalidDocument } from "../protocol";
import { listAll } from "./catalog";
import type { MongoContext } from "./mongo-context";
import { refuseOrphanedViews, takenAway } from "./orphaned-views";

/** The real run over all documents or over a sample of them; nothing is written but a temporary folder (rule X2). */
export async function previewPass(
  { store, spec, reporter, options, process, dumps }: MongoContext,
  last: RecordState | undefined,
): Promise<Found> {
  const { run, needs } = process;
  const version = needs.before?.version ?? spec.schema.version;
  const places = { db: store.db, last, keep: dumps.storage, version, seed: spec.hash };
  const extent = await chooseExtent(places, options.preview ?? previewLimits);
  const seen = new ChangesSeen();
  const folder = await mkdtemp(join(tmpdir(), "slipway-plan-"));
  const reports = new FolderStorage(folder);
  try {
    const report = await run({
      ...needs,
      source: extent.source,
      reports,
      scratch: folder,
      progress: (done) => {
        reporter.progress(done, extent.documents, "documents");
      },
      observe: (document) => {
        seen.see(document);
      },
    });
    refuseOrphanedViews(await listAll(store.db), takenAway(report));
    return await found(report, reports, extent, seen);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Found = Pick<DataPlan, "tried" | "collections" | "validity" | "invalid" | "examples">;

async function found(
  report: ProcessReport,
  reports: DumpStorage,
  { how, counts }: Extent,
  seen: ChangesSeen,
): Promise<Found> {
  const invalid = await invalidPerCollection(report, reports);
  const { documentsBefore, invalidBefore, madeInvalid, mended } = report.totals;
  const collections = report.collections.map(
    ({ collection, added, changed, removed, documentsBefore: run }) => {
      const all = counts.get(collection) ?? run;
      const hits = invalid.get(collection) ?? 0;
      return {
        ...{ collection, added, changed, removed },
        documentsBefore: all,
        tried: run,
        invalid: hits,
        fields: seen.fields(collection),
        ...(run < all ? { invalidAtMost: atMost(hits, run) } : {}),
      };
    },
  );
  const of = collections.reduce((sum, { documentsBefore: all }) => sum + all, 0);
  return {
    tried: { documents: documentsBefore, of, ...how },
    collections,
    validity: { before: invalidBefore + mended, after: invalidBefore + madeInvalid },
    invalid: report.invalid,
    examples: seen.examples(),
  };
}

/** Counted in the report's file where its list holds only the first ones. */
async function invalidPerCollection(
  { invalid, totals }: ProcessReport,
  reports: DumpStorage,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const count = ({ collection }: { readonly collection: string }): void => {
    counts.set(collection, (counts.get(collection) ?? 0) + 1);
  };
  if (invalid.length === totals.invalidBefore + totals.madeInvalid) invalid.forEach(count);
  else
    for await (const line of createInterface({ input: Readable.from(reports.get(invalidFile)) }))
      count(JSON.parse(line) as InvalidDocument);
  return counts;
}
