import type { Json } from "../../content-hash";
import type { CollectionChange, ReleaseRecordData, Stage } from "../protocol";
import type { WorkloadImages } from "../cluster/workload-images";
import { either, type ExpiringIndex, type PausedExpiry } from "../fence/expiring-index";
import type { SavedFence } from "../fence/fence";
import type { Move } from "../swap/move";
import type { ProcessReport, RemovedDocument } from "../migrations";
import type { Entry } from "./entry";

/** What holds in the database: the document `schema` of `_slipway_state`, which an API may read. */
export interface SchemaState {
  readonly version: string;
  readonly release: string;
  readonly hash: string;
}

/** What an `opened` entry says: all that is needed to finish or undo the release from anywhere. */
export interface Opened {
  readonly system: string;
  readonly environment: string;
  readonly release: string;
  readonly hash: string;
  readonly operator: string;
  readonly schema: { readonly package: string; readonly from: string; readonly to: string };
  /** What held before; null before the first release. */
  readonly before: SchemaState | null;
  readonly images: readonly { readonly name: string; readonly from?: string; readonly to: string }[];
  /** The workloads' images when the release began, which a way back puts back. */
  readonly workloads: readonly WorkloadImages[];
  readonly migrations: readonly { readonly id: string; readonly hash: string }[];
  /** Records whose originals come back with this one, newest first; empty on the way forward. */
  readonly undoes: readonly string[];
  /** The latest instant to switch the data, ISO 8601. */
  readonly deadline?: string;
  /** The attempt that its guardian stays for. */
  readonly guardian?: string;
}

/** What becomes of a release. */
export interface Decision {
  readonly outcome: "released" | "rolled-back" | "failed";
  readonly reason: string;
}

/** What a `swap` intent says. */
export interface SwapIntent {
  readonly moves: readonly Move[];
  readonly collections: readonly CollectionChange[];
  /** What the proof file tells of the pass that made the new version. */
  readonly evidence?: PassEvidence;
}

/** What one pass over the data went by, and what it took away. */
export interface PassEvidence {
  readonly schemas: { readonly after: string; readonly before?: string };
  readonly documents: { readonly judged: number; readonly mended: number; readonly removed: number };
  /** The first of them; `documents.removed` is the count of all. */
  readonly removed: readonly RemovedDocument[];
  /** SHA-256 of `removed.ndjson` beside the proof, which has all of them, where they are many. */
  readonly removedFileHash?: string;
  readonly deleted: ProcessReport["deleted"];
  readonly renamed: ProcessReport["renamed"];
  readonly unjudged: ProcessReport["unjudged"];
}

/** Names of the steps that recovery asks for. */
export const stepName = {
  closeWrites: "close-writes",
  openWrites: "open-writes",
  pauseExpiry: "pause-expiry",
  resumeExpiry: "resume-expiry",
  stage: "stage",
  settle: "settle",
  swap: "swap",
  witness: "witness",
  unswap: "unswap",
  state: "state",
  ready: "ready",
  inPlace: "in-place",
} as const;

/** One record, as its journal entries tell it. */
export class RecordState {
  private constructor(
    readonly id: string,
    readonly openedAt: string,
    /** Fencing token of the opening: part of the record's staging names. */
    readonly token: number,
    readonly opened: Opened,
    private readonly entries: readonly Entry[],
  ) {}

  /** Undefined when the entries hold no opening: before the first release. */
  static from(entries: readonly Entry[]): RecordState | undefined {
    const opening = entries.find(({ kind }) => kind === "opened");
    if (!opening) return undefined;
    const own = entries.filter(({ record }) => record === opening.record);
    return new RecordState(opening.record, opening.at, opening.token, told(opening), own);
  }

  /** How writes were closed, when that was begun and not undone. */
  get fence(): SavedFence | undefined {
    const closing = this.#last("intent", stepName.closeWrites);
    const opened = this.#last("done", stepName.openWrites);
    return closing && !(opened && opened.number > closing.number) ? told(closing) : undefined;
  }

  /** When documents expire, as it was before the release paused it, by the names that the collections have now. */
  get expiring(): readonly ExpiringIndex[] {
    const paused = this.#last("intent", stepName.pauseExpiry);
    if (!paused) return [];
    const { indexes, returning } = told(paused);
    return this.swap && !this.unswapped ? either(returning, indexes) : indexes;
  }

  /** Whether users could write to the new version: writes were opened after the swap had begun. */
  get reopened(): boolean {
    const swap = this.#last("intent", stepName.swap);
    const opening = this.#last("intent", stepName.openWrites);
    return swap !== undefined && opening !== undefined && opening.number > swap.number;
  }

  /** Whether the data that the record put in place is still there, whatever became of the rest. */
  get stands(): boolean {
    return this.closed !== undefined && this.inPlace && !this.unswapped;
  }

  /** When writers began to be refused and when they no longer were, ISO 8601. */
  get closedBetween(): { readonly from?: string; readonly to?: string } {
    return {
      ...at("from", this.#last("intent", stepName.closeWrites)),
      ...at("to", this.#last("done", stepName.openWrites)),
    };
  }

  /** The swap, when it was begun. */
  get swap(): SwapIntent | undefined {
    const intent = this.#last("intent", stepName.swap);
    return intent && told(intent);
  }

  /** Whether the swap was undone again. */
  get unswapped(): boolean {
    return (
      (this.#last("done", stepName.unswap)?.number ?? 0) > (this.#last("intent", stepName.swap)?.number ?? 0)
    );
  }

  /** Whether staging collections may exist. */
  get staged(): boolean {
    return this.entries.some(({ kind, step }) => kind === "intent" && step.startsWith(stepName.stage));
  }

  /** Whether the code was asked to roll out ahead of the data: images may be the new ones before anything is swapped. */
  get ready(): boolean {
    return this.#last("done", stepName.ready) !== undefined;
  }

  /** Whether the code runs everywhere, ahead of the data. */
  get rolledOut(): boolean {
    return this.#last("rolled-out") !== undefined;
  }

  /** How what was swapped stood when it was put in place, as its store told it. */
  get witness(): Json | undefined {
    return this.#last("done", stepName.witness)?.detail;
  }

  /** Whether the data was swapped and checked: the roll-out may begin. */
  get inPlace(): boolean {
    return this.#last("done", stepName.inPlace) !== undefined;
  }

  get decision(): Decision | undefined {
    const decided = this.#last("decided");
    return decided && told(decided);
  }

  /** The record as it was closed. */
  get closed(): ReleaseRecordData | undefined {
    const closed = this.#last("closed");
    return closed && told(closed);
  }

  /** The stage that the newest step belongs to, for people. */
  get stage(): Stage {
    if (this.decision?.outcome === "released") return "re-open";
    if (this.inPlace) return "roll-out";
    if (this.swap) return "swap";
    if (this.ready) return "roll-out";
    if (this.fence) return "close-writes";
    return this.staged ? "rehearse" : "lock";
  }

  #last(kind: Entry["kind"], step?: string): Entry | undefined {
    return this.entries
      .filter((entry) => entry.kind === kind && (step === undefined || entry.step === step))
      .at(-1);
  }
}

function at<Key extends string>(key: Key, entry: Entry | undefined): Partial<Record<Key, string>> {
  return entry ? ({ [key]: entry.at } as Partial<Record<Key, string>>) : {};
}

/** Details are read as what this program wrote: every entry's checksum was checked when it was read. */
type Detail = Opened & SavedFence & PausedExpiry & SwapIntent & Decision & ReleaseRecordData;
function told(entry: Entry): Detail {
  return entry.detail as unknown as Detail;
}
