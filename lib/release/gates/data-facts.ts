import type { Finding } from "../../evidence/finding";

/** One backup of one store. */
export interface Backup {
  readonly store: string;
  readonly name: string;
  readonly at: string;
  readonly bytes: number;
  /** `sha256:…` over its bytes. */
  readonly hash: string;
  /** What a restore of it held, by collection or table, when it was tried (rule H21). */
  readonly restored?: { readonly at: string; readonly counts: Readonly<Record<string, number>> } | undefined;
}

/** A copy of production on which the release was tried (rule F16). */
export interface Rehearsal {
  readonly copiedAt: string;
  /** Whether the volume was empty before, so that migrations really ran. */
  readonly freshVolume: boolean;
}

/** A migration that a service would run at its start (rules F23, A20, H23). */
export interface ChangeSet {
  readonly id: string;
  /** What they are ordered by. Example: `2019-10-30`. */
  readonly order: string;
  readonly author: string;
}

/** A record of a maintenance in one service (rule A18). */
export interface MaintenanceRecord {
  readonly service: string;
  readonly title: string;
  readonly since: string;
}

/** How the running system answered after the roll-out (rules N5, A17, H14). */
export interface Verified {
  /** Pods and answers that are not as released. */
  readonly wrong: readonly string[];
  readonly looked: number;
}

/** What is known of the data, of maintenance, and of the system after the roll-out. */
export interface DataFacts {
  /** The stores that the release owns. Example: `atmo_prod`, `troposphere`. */
  readonly stores: readonly string[];
  readonly backups: Finding<readonly Backup[]>;
  readonly rehearsal: Finding<Rehearsal | undefined>;
  readonly pending: Finding<readonly ChangeSet[]>;
  readonly maintenance: Finding<readonly MaintenanceRecord[]>;
  /** Schema version that the released commit pins, and that its image carries (rule N7). */
  readonly commitSchema: Finding<string>;
  readonly imageSchema: Finding<string>;
  /** Hashes of the schema package's published files, as they are pinned for its installation (rule N7). */
  readonly packageHashes: Finding<readonly string[]>;
  readonly verified: Finding<Verified>;
}
