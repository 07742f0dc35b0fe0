import type { DataProcessor } from "../../../lib/data/conductor/context";
import type { ReleaseSpec } from "../../../lib/data/protocol";

/** A kind of store as the kill matrix sees it: what the matrix does to a store is written once for all of them. */
export interface MatrixStore {
  readonly kind: "MongoDB" | "PostgreSQL";
  /** What the server is, for the table's readers. */
  readonly server: string;
  readonly processor: DataProcessor;
  /** Fewer instants than these would mean that the matrix lost sight of the engine's steps. */
  readonly leastInstants: number;
  /** What tells the killed process which processor it is to take. */
  readonly environment: Readonly<Record<string, string>>;
  /** A database with data, which no release has seen yet. @returns its first release, to version 1.0.0 of the schema. */
  fill(database: string): Promise<ReleaseSpec>;
  /**
   * Makes that what `make` makes can be had again and again, as quickly as this kind of store allows.
   * @returns what gives it, whatever has happened since.
   */
  again(make: () => Promise<ReleaseSpec>): Promise<() => Promise<ReleaseSpec>>;
  /** Content hash of all that users put there, by collection or table. */
  contentOf(spec: ReleaseSpec): Promise<Readonly<Record<string, string>>>;
  /** Names of what a release put beside and should have taken away. */
  leftBeside(spec: ReleaseSpec): Promise<readonly string[]>;
  /** Whether an ordinary writer may write. */
  mayWrite(spec: ReleaseSpec): Promise<boolean>;
  /** What else is not as it was before the release, in words. */
  spoilt(spec: ReleaseSpec): Promise<string | undefined>;
  /** SIGKILL, and a start on the same data and address; undefined where the server is not ours to kill. */
  readonly restartServer: (() => Promise<void>) | undefined;
}
