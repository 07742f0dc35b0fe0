import type { Cluster } from "../cluster/cluster";
import type { Canary } from "../fence/canary";
import type { ExpiringIndex } from "../fence/expiring-index";
import type { Fence } from "../fence/fence";
import type { Ledger } from "../journal/ledger";
import type { RecordLog } from "../journal/record-log";
import type { Json } from "../../content-hash";
import type { Problem } from "../../problem";
import type { ProcessReport } from "../migrations";
import type { DataPlan } from "../preview/data-plan";
import type { CollectionChange } from "../protocol";
import type { Move, Present, Rename } from "../swap/move";
import type { Context, ProcessNeeds } from "./context";
import type { Way } from "./plan";
import type { RecordState, SwapIntent } from "../journal/record-state";

/**
 * What a release needs of a database, whichever it is. Whatever decides (journal, lock, moves, signs) is above this and written
 * once; a store answers questions and carries out single effects, each of them idempotent.
 */
export interface DataStore {
  /** Named in refusals, dumps and proofs. Example: `nmdc`. */
  readonly name: string;
  /** What changes places as a whole: `collections`, or `databases`. */
  readonly things: string;
  /** The page that shows the rights which the release's own user needs. */
  readonly userGuide: string;
  /** Who can write all the same while writes are closed, for people. */
  readonly pastTheGate: string;
  readonly ledger: Ledger;
  /** The server's clock: one clock for all owners, whatever theirs say (fault group 14). */
  now(): Promise<Date>;
  /** Whether the server doesn't answer, as opposed to answering that it won't. */
  isUnreachable(error: unknown): boolean;
  close(): Promise<void>;

  /** Everything that stands under a name that moves may concern, ours included. */
  present(): Promise<Present>;
  /**
   * Whether all renames of a swap are one transaction, which is refused when the lock is another's by then: then there is no
   * half of a swap, and none that comes late.
   */
  readonly atomicRenames: boolean;
  /** Carries out renames, all of them or, without `atomicRenames`, one. @param token the lock's, that they are done under. */
  rename(renames: readonly Rename[], token: number): Promise<void>;
  /** Drops a version that nothing needs any more; one that is gone already is dropped. */
  drop(name: string): Promise<void>;
  /** Puts something empty under a name, so that a late rename to it is refused. */
  bar(name: string): Promise<void>;
  /** Whether a name holds nothing of anybody's. */
  isEmpty(name: string): Promise<boolean>;
  /** Forgets what was kept beside retained versions, of all releases but these, and what previews left. */
  forget(keptTokens: readonly number[]): Promise<void>;

  /** All ways to close writes, the strongest first. */
  fences(cluster: Cluster | undefined): readonly Fence[];
  /** Runs with an ordinary writer, where the config names one. */
  withCanary<Result>(run: (canary: Canary | undefined) => Promise<Result>): Promise<Result>;

  /** Keeps documents from expiring by themselves while what steps aside and what comes back change places. */
  pauseExpiry(log: RecordLog, back: Extract<Way, { kind: "back" }>): Promise<void>;
  /** Lets them expire again, as they did before. */
  resumeExpiry(log: RecordLog, expiring: readonly ExpiringIndex[]): Promise<void>;

  /**
   * What can't be released without a loss, found by looking only.
   * @param moves whether data will change places.
   * @throws Refusal with all of it.
   */
  refuseUnfit(token: number, moves: boolean): Promise<void>;
  /** What a release does here and its user may not, each right by its name. Reads only. */
  missingRights(): Promise<readonly Problem[]>;
  /** Looks for what would read nothing once these moves are done. @throws Refusal that lists it. */
  refuseOrphans(moves: readonly Move[]): Promise<void>;
  /** Gets all that one pass over the data needs (rule N7). @throws Refusal when something can't be had. */
  prepare(needs: ProcessNeeds, context: Context): Promise<Pass>;

  /** How what was swapped stands now, new versions and originals, so that it can be told later whether somebody wrote to it; null where content alone tells. */
  witness(swapped: SwapIntent): Promise<Json>;
  /** In what a version differs from what it was; nothing where it is the same. Reads only. */
  differences(version: KnownVersion, mayGoOn: () => void): Promise<readonly Difference[]>;
  /** Names what users wrote to a thing since a release put it in place (rule N18, fault group 40), for people. */
  tellWrites(difference: Difference, since: ReleasedVersion): Promise<string>;
  /** About how many documents or rows a thing holds, quickly. */
  estimate(thing: string): Promise<number>;
}

/** A version of a thing whose content is on record. */
export interface KnownVersion {
  /** The collection, or the database. */
  readonly thing: string;
  /** The name that it stands under now. */
  readonly actual: string;
  /** Which side of the changes it is. */
  readonly side: "before" | "after";
  /** What is on record about it. */
  readonly changes: readonly CollectionChange[];
  /** `count`: that it is the one that was verified; `content`: every document. */
  readonly depth: "count" | "content";
  /** What `witness` said when it was put in place, where anything did. */
  readonly witness?: Json;
}

/** What a collection or a table holds now, where that is not what is on record. */
export interface Difference {
  readonly collection: string;
  readonly documents: number;
  readonly hash: string;
}

/** What a release left in a collection or a table, and where what it was made from can be looked up. */
export interface ReleasedVersion {
  readonly change: CollectionChange;
  readonly record: RecordState;
  readonly retained: string | undefined;
}

/** The way from one version of the data to the next, with everything at hand that it needs. */
export interface Pass {
  /** Content hashes of the schemas that data is judged by; none where only checks do. */
  readonly schemas: { readonly after: string; readonly before?: string };
  /**
   * Dump, migrate, validate, load beside, read back: over the data as it is, while users write.
   * @throws Refusal that lists everything that is wrong with the data (rules N9, N13).
   */
  stage(work: Work): Promise<Staged>;
  /** What stays on a way back; none where everything comes back together. @param comesBack names of the things that don't stay. */
  rest?(comesBack: ReadonlySet<string>): Rest;
  /** What the pass would do, tried read-only over all of the data or some of it. */
  preview(context: Context, last: RecordState | undefined): Promise<Partial<DataPlan>>;
}

/** What stays as it is on a way back. */
export interface Rest {
  /** Judges it by the schema that comes back, read-only; asked again, what was written since. @returns nothing where there is nothing to judge. */
  judge(work: Work): Promise<ProcessReport | undefined>;
}

/** One attempt at a release. */
export interface Work {
  readonly context: Context;
  readonly log: RecordLog;
  /** Called between blocks. @throws when the release must not go on. */
  readonly mayGoOn: () => void;
}

/** The next version, standing beside the live one. */
export interface Staged {
  readonly report: ProcessReport;
  /**
   * Writes are closed: does again what users changed since, and nothing else, and makes the dump whole (rule N11).
   * @returns the version that is made from the closed data.
   */
  settle(work: Work): Promise<Staged>;
}

/** The thing that a change is about. */
export function thingOf({ collection, database }: Pick<CollectionChange, "collection" | "database">): string {
  return database ?? collection;
}
