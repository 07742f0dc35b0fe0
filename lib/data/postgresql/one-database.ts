import type { DumpStorage } from "../dump/storage";
import type { Migration } from "../migrations/migration";
import { stagingName } from "../names";
import type { Secrets } from "../secrets";
import type { Programs } from "./program";
import type { PostgresServer } from "./server";

/** Names beside a database while its next version is made. */
export interface VersionNames {
  /** The dump, loaded and left as it is: users' later writes are carried into it. */
  readonly base: string;
  readonly next: string;
}

export function versionNames(database: string, token: number): VersionNames {
  return { base: stagingName(`${database}~`, token), next: stagingName(database, token) };
}

/** What making a next version works with, whichever database it is of. */
export interface Workshop {
  readonly server: PostgresServer;
  readonly programs: Programs;
  readonly secrets: Secrets;
  readonly jobs: number;
  /** The database that commands about databases are given in. */
  readonly at: string;
  /** Where the record leaves its dump. */
  readonly storage: DumpStorage;
  readonly mayGoOn: () => void;
}

/** One database of a release, with everything at hand that making its next version needs. */
export interface OneDatabase extends Workshop {
  readonly database: string;
  /** Whether the release owns no other. */
  readonly only: boolean;
  readonly chain: readonly Migration[];
  /** Where its copies stand. */
  readonly names: VersionNames;
}
