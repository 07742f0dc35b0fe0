import type { PassEvidence } from "../journal/record-state";
import type { ProcessReport } from "../migrations";
import type { Pass } from "./data-store";

/** What the proof tells of a pass: by which schemas, over how many documents, and what it took away. */
export function passEvidence({ schemas }: Pass, report: ProcessReport): PassEvidence {
  const { removed, removedFileHash, deleted, renamed, unjudged, totals } = report;
  const documents = { judged: totals.documentsAfter, mended: totals.mended, removed: totals.removed };
  const all = removedFileHash === undefined ? {} : { removedFileHash };
  return { schemas, documents, removed, ...all, deleted, renamed, unjudged };
}
