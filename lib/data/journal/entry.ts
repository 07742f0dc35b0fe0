import { contentHash, type Json } from "../../content-hash";
import { Refusal } from "../../problem";

/** What one line of the journal says. */
export type EntryKind =
  /** A record was opened: a release, or a way back, begins. */
  | "opened"
  /** A step is about to take effect. */
  | "intent"
  /** The step's effect is there. */
  | "done"
  /** Somebody else went on with the release after its owner died. */
  | "taken-over"
  /** The code runs everywhere, ahead of the data: the switch may begin. */
  | "rolled-out"
  /** What becomes of the release; there is at most one per record. */
  | "decided"
  /** The record is closed; nothing follows for it. */
  | "closed";

/** What a writer says; the journal adds number, time and checksum. */
export interface Saying {
  readonly kind: EntryKind;
  /** The record that it belongs to. */
  readonly record: string;
  /** Fencing token of whoever wrote it. */
  readonly token: number;
  /** Name of the step, for `intent` and `done`. */
  readonly step: string;
  readonly detail: Json;
}

/** One line of the append-only journal. */
export interface Entry extends Saying {
  /** Position; without gaps, beginning at 1. */
  readonly number: number;
  /** When it was written, by the server's clock, ISO 8601. */
  readonly at: string;
  /** Checksum of the entry before it, or of nothing at the beginning. */
  readonly previous: string;
  /** Content hash over everything above. */
  readonly checksum: string;
}

/** The `previous` of the first entry. */
export const beginning = "sha256:";

/** Builds the entry that follows `last`. */
export function following(last: Entry | undefined, saying: Saying, at: string): Entry {
  const body = {
    number: (last?.number ?? 0) + 1,
    at,
    kind: saying.kind,
    record: saying.record,
    token: saying.token,
    step: saying.step,
    detail: JSON.parse(JSON.stringify(saying.detail)) as Json,
    previous: last?.checksum ?? beginning,
  };
  return { ...body, checksum: contentHash(body) };
}

/**
 * Checks numbers, checksums and their chain.
 * @param where named in the refusal. Example: `nmdc._slipway_journal`.
 * @throws Refusal that names every damaged entry (fault group 6).
 */
export function checkChain(entries: readonly Entry[], where: string): void {
  const problems = entries.flatMap((entry, index) => {
    const { checksum, ...body } = entry;
    const before = index === 0 ? undefined : entries[index - 1];
    const found =
      contentHash(body) !== checksum
        ? "an entry whose checksum does not fit"
        : before && (before.checksum !== entry.previous || before.number + 1 !== entry.number)
          ? `an entry that does not follow entry ${before.number}`
          : undefined;
    return found === undefined
      ? []
      : [
          {
            where: `${where}, entry ${entry.number}`,
            found,
            allowed: "the journal as it was written",
            mend: 'see "The journal is damaged" in docs/data-bad-night.md; nothing was changed',
          },
        ];
  });
  if (problems.length > 0) throw new Refusal("journal", problems);
}
