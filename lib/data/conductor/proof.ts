import { contentHash, type Json } from "../../content-hash";
import { putText } from "../dump/storage";
import type { RecordLog } from "../journal/record-log";
import { type PassEvidence, RecordState } from "../journal/record-state";
import type { Move } from "../swap/move";
import type { ReleaseRecordData } from "../protocol";
import type { Context } from "./context";
import { recordStorage } from "./record-storage";

/** `proof.json`: what a release did to the data, checkable offline against its dump and online against the database. */
export interface Proof {
  readonly format: 1;
  readonly database: string;
  readonly record: ReleaseRecordData;
  readonly moves: readonly Move[];
  readonly evidence?: PassEvidence;
  /** The record's own entries: how many, and the checksum of the last, which covers all before it. */
  readonly journal: { readonly entries: number; readonly checksum: string };
  /** Content hash over everything above. */
  readonly checksum: string;
}

/**
 * Leaves proof and a copy of the journal in the record's place. The truth is in the database: where this can't be written,
 * the release stands all the same, and says so.
 */
export async function leaveProof(context: Context, log: RecordLog, record: ReleaseRecordData): Promise<void> {
  const storage = recordStorage(context, log);
  const swap = RecordState.from(log.entries)?.swap;
  const { entries } = log;
  const body = {
    format: 1 as const,
    database: context.store.name,
    record,
    moves: swap?.moves ?? [],
    ...(swap?.evidence ? { evidence: swap.evidence } : {}),
    journal: { entries: entries.length, checksum: entries.at(-1)?.checksum ?? "" },
  };
  const proof: Proof = { ...body, checksum: proofChecksum(body) };
  try {
    await putText(storage, "journal.ndjson", entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    await putText(storage, "proof.json", `${JSON.stringify(proof, undefined, 2)}\n`);
  } catch (error) {
    context.reporter.warn(
      `no proof file in ${storage.where()}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The checksum that a proof's other members must have. */
export function proofChecksum(body: Omit<Proof, "checksum">): string {
  return contentHash(JSON.parse(JSON.stringify(body)) as Json);
}
